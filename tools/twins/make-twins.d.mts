/** Folder of the twins, or null without their script. */
export function twinsFolder(): string | null;
/** The file or folder that stands for a twin: `tiny` … a ggml file, `m2m` a CTranslate2 folder. */
export function twinPath(folder: string, name: string): string;
/** Python with ctranslate2, as the twins and the exactness tests use it. */
export function peerPython(): string;
/** The CTranslate2 folder with the weights of a Whisper twin. */
export function ct2TwinPath(folder: string, name: string): string;
/** Python with faster-whisper, as an exactness test uses it. */
export function fasterWhisperPython(): string;
