import { expectTypeOf, it } from "vitest";
import { levels, MessageHandler, type CommandName, type Language, type PayloadOf, type ResultOf } from "../src/index.js";

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
