import * as names from "./index.js";

// A script tag gives the class itself as the global `MessageHandler`; `require` gives the same. Every exported name hangs on it, the
// class included, so that `const { MessageHandler } = …` works as well.
export default Object.assign(names.MessageHandler, names);
