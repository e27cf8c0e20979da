// Makes the demo's recordings afresh: phrasebook sentences that no model was trained on, said by espeak-ng voices that
// no model was trained on (tools/demo-models/stt/heldout.json). Needs espeak-ng and ffmpeg; the demo itself needs neither.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RECORDINGS = [
  ['train-platform.wav', 'en-us+f3', 'The train to Beijing leaves from platform seven.'],
  ['conference.wav', 'en-gb-scotland+m4', 'The conference is on Monday at eleven ten.'],
  ['restaurant.wav', 'en-gb+michel', "The restaurant closes at ten o'clock."],
  ['code.wav', 'en-us+Hugo', 'The code is one six eight one.'],
  ['ticket.wav', 'en-gb-scotland+belinda', 'A ticket to London costs eighty-seven euros.'],
  ['table.mp3', 'en-gb-scotland+Andy', 'We need a table for ten people at nine fifteen. We would like rice and salad.'],
  [
    'flights.mp3',
    'en-gb+m4',
    'We are flying to Seoul on November twenty-fourth. The plane to Rome is twelve minutes late.',
  ],
  ['phone-number.mp3', 'en-us+f3', 'My phone number is nine seven four six one four.'],
  ['blanket.m4a', 'en-gb-scotland+f3', 'Laura works in Tokyo. Maria will bring a blanket this afternoon.'],
  ['distance.m4a', 'en-gb+m4', 'It is eight kilometers to Milan.'],
  ['antwort.m4a', 'de+f3', 'Die Antwort ist siebenunddreißig.'],
  ['police-station.flac', 'en-us+Hugo', 'The airport is next to the police station.'],
  ['birthday.flac', 'en-gb-scotland+m4', 'My birthday is on December seventeenth.'],
  // The Mandarin voice reads pinyin.
  ['mima.flac', 'cmn-latn-pinyin+f3', '密码是四九一五。', 'mi4 ma3 shi4 si4 jiu3 yi1 wu3'],
];

const ENCODERS = {
  wav: ['-c:a', 'pcm_s16le'],
  mp3: ['-c:a', 'libmp3lame', '-b:a', '48k'],
  m4a: ['-c:a', 'aac', '-b:a', '48k'],
  flac: ['-c:a', 'flac', '-compression_level', '12'],
};

const folder = fileURLToPath(new URL('./recordings/', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'voicelingua-recordings-'));
mkdirSync(folder, { recursive: true });
try {
  const rows = RECORDINGS.map(([file, voice, text, say = text]) => {
    const spoken = join(scratch, 'spoken.wav');
    execFileSync('espeak-ng', ['-v', voice, '-s', '160', '-w', spoken, say]);
    const extension = file.split('.').at(-1);
    const encode = ['-ar', '16000', '-ac', '1', '-map_metadata', '-1', '-fflags', '+bitexact', ...ENCODERS[extension]];
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', spoken, ...encode, join(folder, file)]);
    return { text_id: file.slice(0, file.lastIndexOf('.')), audio: file, reference_text: text };
  });
  writeFileSync(join(folder, 'manifest.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
