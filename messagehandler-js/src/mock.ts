/**
 * Stands in for CocoCat in a page that was opened outside it, for development in a browser and for tests.
 */
export { mockHost, Refusal, type Replies, type Reply } from "./mock/replies.js";
export { startMockHost, type MockCall, type MockHost, type MockOptions, type Preset } from "./mock/start.js";
