import { isObject, type Json } from "./json";

/** Ways to write a call down. Their names are the same in every language. */
export const FORMS = { handler: "MessageHandler", promise: "coco.…()", line: "coco bridge" } as const;

/** A way to write a call down. */
export type Form = keyof typeof FORMS;

/** A request as code: for the first client, for the one with promises, or as a line for `coco bridge`. */
export function asCode(form: Form, request: Json): string {
  const pretty = (value: Json) => JSON.stringify(value, null, 2);
  if (form === "line" || !isObject(request)) return JSON.stringify(request);
  const { cmd, ...payload } = request;
  if (form === "handler") {
    return `new MessageHandler().sendMessageToParent(${JSON.stringify(cmd)}, ${pretty(payload)}, (answer) => {\n  console.log(answer);\n});`;
  }
  const { messageId, data, sign, ...top } = payload;
  const parameters = isObject(data) ? data : Object.keys(top).length > 0 ? top : undefined;
  const options = sign === undefined ? [] : [pretty({ sign })];
  const given = parameters === undefined ? (options.length > 0 ? ["null"] : []) : [pretty(parameters)];
  return `const result = await coco.${String(cmd)}(${[...given, ...options].join(", ")});`;
}
