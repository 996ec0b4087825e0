import { type EngineEvent, type Routes, methods } from "../generated/im";

/** Modules of the engine's routes. */
export type Module = keyof Routes;

/** Methods of a module. */
export type Method<M extends Module> = keyof Routes[M] & string;

type RequestOf<M extends Module, K extends Method<M>> = Routes[M][K] extends { request: infer R } ? R : never;
type AnswerOf<M extends Module, K extends Method<M>> = Routes[M][K] extends { answer: infer A } ? A : never;

/** The routes as functions: `im.chat.sendTextMessage({ … })` resolves with what stands in `data` of the answer. */
export type Client = {
  readonly [M in Module]: {
    readonly [K in Method<M>]: Record<string, never> extends RequestOf<M, K>
      ? (request?: RequestOf<M, K>) => Promise<AnswerOf<M, K>>
      : (request: RequestOf<M, K>) => Promise<AnswerOf<M, K>>;
  };
};

/** An answer of the engine, whatever it is the answer to. */
export interface Answer {
  /** 200 if all went well. */
  code: number;
  /** What the code means, in the user's language. */
  message: string;
  /** What the route answers. */
  data: unknown;
}

/** An event for one of the names under which the client listens; `overflow` says that older ones were missed. */
export type Frame = { event: string } & (EngineEvent | { type: "overflow"; data: { missed: number } });

/** A way to an engine. One implementation speaks to the program behind the page, one to an engine elsewhere. */
export interface EngineTransport {
  /**
   * Sends one request and resolves with the engine's answer, whatever its code.
   *
   * @throws EngineFailure with code 0 if there was no answer.
   */
  send(request: Record<string, unknown>): Promise<Answer>;

  /** Calls `handler` for the frames that arrive from now on, in their order; the result stops that. */
  listen(handler: (frame: Frame) => void): Promise<() => void>;
}

/** What the engine refused, or 0 if it could not be asked. */
export class EngineFailure extends Error {
  constructor(
    /** A code of the document, or 0. */
    readonly code: number,
    /** What it means, in the user's language. */
    message: string,
    /** The method that was called. */
    readonly method: string,
  ) {
    super(message);
    this.name = "EngineFailure";
  }
}

/** Calls one route. */
export async function call(transport: EngineTransport, module: string, method: string, request: object = {}): Promise<unknown> {
  const answer = await transport.send({ ...request, __SERVER_ROUTE_MODULE: module, __SERVER_ROUTE_METHOD: method });
  if (answer.code !== 200) throw new EngineFailure(answer.code, answer.message, method);
  return answer.data;
}

/** The routes over a transport. */
export function createClient(transport: EngineTransport): Client {
  const modules = Object.entries(methods).map(([module, names]) => {
    const routes = names.map((method) => [method, (request?: object) => call(transport, module, method, request)] as const);
    return [module, Object.freeze(Object.fromEntries(routes))] as const;
  });
  return Object.freeze(Object.fromEntries(modules)) as unknown as Client;
}
