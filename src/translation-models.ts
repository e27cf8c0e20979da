import type { ChatModels } from './chat-models.js';
import type { ChatService } from './engines/llm/chat-service.js';
import { tokenizerFile } from './engines/native/model-files.js';
import type { LanguagePair } from './engines/routed-translator.js';
import { modelList } from './model-list.js';
import { DEFAULT_MODELS, type ResolvedModel, resolveModel } from './models/registry.js';

interface Limited {
  /** Languages that it is to be used for; without, those that it tells itself. */
  readonly pair?: LanguagePair;
}

/** A model that is here. */
export interface OfflineModel extends Limited {
  readonly kind: 'offline';
  readonly model: ResolvedModel;
  /** SentencePiece file, folder with one or two, `characters` or `whitespace`; null for what lies in the model's folder. */
  readonly tokenizer: string | null;
}

/** A model of a provider. */
export interface ChatModel extends Limited {
  readonly kind: 'chat';
  readonly service: ChatService;
  readonly provider: string;
  /** The provider's name of it. */
  readonly name: string;
}

export type TranslationModel = OfflineModel | ChatModel;

/** Translation models by the references of tasks. */
export class TranslationModels {
  readonly #chat: ChatModels;
  readonly #tokenizer: string | null;

  /** @param tokenizer of folders that have none of their own */
  constructor(chat: ChatModels, tokenizer: string | null) {
    this.#chat = chat;
    this.#tokenizer = tokenizer;
  }

  /**
   * The models that a reference names, the preferred first.
   * @throws {VoiceLinguaError} `MODEL_NOT_FOUND`, or `INVALID_ARGUMENT`
   */
  resolve(reference: string = DEFAULT_MODELS.translation): readonly TranslationModel[] {
    return modelList(reference).map(({ reference: named, chat, pair, tokenizer }) => {
      const limits = pair === undefined ? {} : { pair };
      if (chat !== undefined) {
        const { provider, model: name } = chat;
        return { kind: 'chat', service: this.#chat.service(provider), provider, name, ...limits };
      }
      const model = resolveModel(named, 'translation');
      const own = tokenizerFile(model.path) === undefined ? this.#tokenizer : null;
      return { kind: 'offline', model, tokenizer: tokenizer ?? own, ...limits };
    });
  }
}
