import type { EngineTransport, Frame } from "./client";

/** How long events may wait for each other, in milliseconds: two frames of most screens. */
const PACE = 32;

/**
 * The same transport, whose events come in groups while there are many, so that the page draws what they change once for all of them. The
 * first one after a rest comes at once, as do all while nobody sees the page, and every answer comes after the events that were before it.
 */
export function paced(transport: EngineTransport): EngineTransport {
  const queues = new Set<() => void>();

  function drain(): void {
    for (const hand of queues) hand();
  }

  return {
    async send(request) {
      try {
        return await transport.send(request);
      } finally {
        drain();
      }
    },

    async listen(handler) {
      const waiting: Frame[] = [];
      let resting = true;

      function hand(): void {
        for (const frame of waiting.splice(0)) {
          try {
            handler(frame);
          } catch (thrown) {
            // What one event does wrong is not the others' loss.
            reportError(thrown);
          }
        }
      }

      function turn(): void {
        resting = waiting.length === 0;
        if (!resting) window.setTimeout(turn, PACE);
        hand();
      }

      queues.add(hand);
      const end = await transport.listen((frame) => {
        waiting.push(frame);
        if (document.hidden) hand();
        else if (resting) {
          resting = false;
          window.setTimeout(turn, PACE);
          hand();
        }
      });
      return () => {
        queues.delete(hand);
        end();
      };
    },
  };
}
