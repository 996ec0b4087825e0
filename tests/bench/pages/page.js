// What runs in both programs. The file host.js beside it, which differs, exports
//   ask()        one round trip; resolves to the language
//   tell(text)   hands a text to whoever measures
//   facts()      resolves to what is known about how calls travel
//   leave()      closes the window, where that is the page's to do
// and plan.js exports `plan`, the measurement's wishes: how many calls are counted, how many
// of them are timed together, how many go before them, and whether the window stays.
import { ask, facts, leave, tell } from "./host.js";
import { plan } from "./plan.js";

/** Resolves to when the first text was painted, in milliseconds since the epoch. */
function painted() {
  return new Promise((resolve, reject) => {
    if (!PerformanceObserver.supportedEntryTypes.includes("paint")) {
      reject(new Error("this WebKit does not say when it painted"));
      return;
    }
    new PerformanceObserver((list, observer) => {
      const first = list.getEntriesByName("first-contentful-paint")[0];
      if (first === undefined) return;
      observer.disconnect();
      resolve(performance.timeOrigin + first.startTime);
    }).observe({ type: "paint", buffered: true });
  });
}

/** Does one call after the other; gives the milliseconds that each block of `block` calls took. */
async function measure({ calls, block }) {
  const blocks = [];
  let language;
  for (let done = 0; done < calls; done += block) {
    const since = performance.now();
    for (let i = 0; i < block; i += 1) language = await ask();
    blocks.push(performance.now() - since);
  }
  if (language !== "en") throw new Error(`the answer was ${language}`);
  return blocks;
}

try {
  const paint = await painted();
  let blocks = [];
  if (plan.calls > 0) {
    await measure({ calls: plan.before, block: plan.before });
    blocks = await measure(plan);
  }
  await tell(JSON.stringify({ begin: performance.timeOrigin, paint, blocks, facts: await facts() }));
  if (!plan.stay) leave();
} catch (error) {
  await tell(JSON.stringify({ error: String(error) }));
}
