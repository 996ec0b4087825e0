export { MessageHandler, type Callback } from "./handler.js";
export { CocoError, coco, createClient, type CallOptions, type Client, type ClientOptions, type Methods } from "./client.js";
export { capabilities, isInHost, startParameter, supports, type Capability } from "./host.js";
export { Code, isAnswer } from "./envelope.js";
export type { Answer, Certificate, ErrorCode, Failure, Json, MessageId, Payload, Success } from "./envelope.js";
export { levels } from "./levels.js";
export type { Chain, CommandMap, CommandName, DataOf, Language, MediaSource, PayloadOf, ResultOf, ServiceRequest } from "./commands.js";
