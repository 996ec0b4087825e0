import { expectTypeOf, it } from "vitest";
import type { shapes } from "../src/generated/shapes.js";
import { levels, MessageHandler, type CommandName, type DataOf, type Json, type Language, type PayloadOf, type ResultOf } from "../src/index.js";

const send = (handler: MessageHandler): void => {
  handler.sendMessageToParent("getLanguage", {}, (answer) => {
    if (answer.code === 200) expectTypeOf(answer.result).toEqualTypeOf<Language>();
    else expectTypeOf(answer.message).toEqualTypeOf<string | undefined>();
  });
  handler.sendMessageToParent("getLanguage");
  handler.sendMessageToParent("getAccount", { data: { type: 1 } });
  handler.sendMessageToParent("getAccount", null, (answer) => void answer.cmd);
  handler.sendMessageToParent("verifySignature", { data: { message: "m", signature: "s" } });
  handler.sendMessageToParent("connectCocoPay", { data: { chainList: ["ETH", "SEPOLIA"] } });
  handler.sendMessageToParent("command of tomorrow", { anything: [1] }, (answer) => {
    if (answer.code === 200) expectTypeOf(answer.result).toBeUnknown();
  });
  const dynamic: string = "getLanguage";
  handler.sendMessageToParent(dynamic, { data: {} });

  // @ts-expect-error a path is needed
  handler.sendMessageToParent("readFile", { data: {} });
  // @ts-expect-error parameters are needed
  handler.sendMessageToParent("readFile");
  // @ts-expect-error no such type
  handler.sendMessageToParent("getAccount", { data: { type: 2 } });
  // @ts-expect-error level 8 needs a certificate
  handler.sendMessageToParent("checkServiceStatus", {});
};

it("types every command's payload and answer", () => {
  expectTypeOf(send).toBeFunction();
  expectTypeOf<ResultOf<"verifySignature">>().toEqualTypeOf<boolean>();
  expectTypeOf<PayloadOf<"checkServiceStatus">>().toHaveProperty("sign");
  expectTypeOf(levels).toHaveProperty("onload" satisfies CommandName);
});

/** What a shape of the generated table stands for. */
type Value<S> = S extends "string"
  ? string
  : S extends "boolean"
    ? boolean
    : S extends "any"
      ? Json
      : S extends { readonly list: infer Each }
        ? readonly Value<Each>[]
        : S extends { readonly map: infer Each }
          ? Readonly<Record<string, Value<Each>>>
          : S extends { readonly one: readonly (infer One)[] }
            ? One
            : S extends { readonly fields: infer Fields }
              ? Parts<Fields>
              : never;
/** An object of parts: `a?` may be missing, one of `a|b` must be there. */
type Parts<F> = { readonly [K in keyof F as K extends `${string}?` | `${string}|${string}` ? never : K]: Value<F[K]> } & {
  readonly [K in keyof F as K extends `${infer Name}?` ? Name : never]?: Value<F[K]>;
} & { [K in keyof F]: K extends `${infer One}|${infer Other}` ? { readonly [N in One]: Value<F[K]> } | { readonly [N in Other]: Value<F[K]> } : unknown }[keyof F];
/** Names of parts, whatever is said with them. */
type Names<F> = { [K in keyof F]: K extends `${infer Name}?` ? Name : K extends `${infer One}|${infer Other}` ? One | Other : K }[keyof F];
type NamesOf<D> = D extends Record<string, never> ? never : D extends unknown ? keyof D : never;
/** Commands whose typed parameters are not what the table says; none. */
type Differing = {
  [C in CommandName]: DataOf<C> extends Record<string, never>
    ? keyof (typeof shapes)[C] extends never ? never : C
    : [DataOf<C>] extends [Parts<(typeof shapes)[C]>]
      ? [NamesOf<DataOf<C>>, Names<(typeof shapes)[C]>] extends [Names<(typeof shapes)[C]>, NamesOf<DataOf<C>>] ? never : C
      : C;
}[CommandName];

it("types every parameter as the host's table has it", () => {
  expectTypeOf<Differing>().toBeNever();
});
