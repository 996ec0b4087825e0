import { type Encoder, encoderFor } from "./encoder";
import { waveOf } from "./waveform";

/** A voice message that was recorded. */
export interface Recorded {
  readonly sound: Blob;
  readonly name: string;
  /** How long it is, in whole seconds. */
  readonly second: number;
  /** Its waveform, a byte for each bar. */
  readonly wave: Uint8Array<ArrayBuffer>;
}

/** A recording under way. */
export interface Recording {
  /** How loud it is now, from 0 to 1. */
  level(): number;
  /** How long it is, in seconds. */
  seconds(): number;
  /** Ends it and gives what was recorded. */
  finish(): Promise<Recorded>;
  /** Ends it, and nothing is left of it. */
  cancel(): void;
}

/** How often it is noted how loud it is, in milliseconds. */
const NOTED = 50;

/** Whether voices can be recorded here. */
export const canRecord = typeof AudioContext === "function" && typeof navigator.mediaDevices?.getUserMedia === "function";

/**
 * Begins to record.
 *
 * @throws DOMException when there is no microphone, or it may not be used.
 */
export async function record(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true } });
  let encoder: Encoder;
  try {
    encoder = await encoderFor(stream);
  } catch (thrown) {
    for (const track of stream.getTracks()) track.stop();
    throw thrown;
  }
  const analyser = encoder.context.createAnalyser();
  analyser.fftSize = 1024;
  encoder.source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const levels: number[] = [];
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;

  function level(): number {
    analyser.getFloatTimeDomainData(samples);
    return Math.min(1, samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0));
  }

  const timer = window.setInterval(() => levels.push(level()), NOTED);

  async function end(): Promise<Blob> {
    window.clearInterval(timer);
    const sound = await encoder.finish();
    for (const track of stream.getTracks()) track.stop();
    await encoder.context.close();
    return sound;
  }

  return {
    level,
    seconds,
    async finish() {
      const second = Math.max(1, Math.round(seconds()));
      return { sound: await end(), name: `voice.${encoder.ending}`, second, wave: waveOf(levels) };
    },
    cancel: () => void end().catch(() => undefined),
  };
}
