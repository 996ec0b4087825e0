export { MessageHandler, type Callback } from "./handler.js";
export { Code, isAnswer } from "./envelope.js";
export type { Answer, Certificate, ErrorCode, Failure, Json, MessageId, Payload, Success } from "./envelope.js";
export { levels } from "./levels.js";
export type { Chain, CommandMap, CommandName, DataOf, Language, MediaSource, PayloadOf, ResultOf, ServiceRequest } from "./commands.js";
