import { wavOf } from "./wav";
import workletUrl from "./samples-worklet.js?url";

/** Makes a file of what a microphone hears. */
export interface Encoder {
  readonly context: AudioContext;
  readonly source: MediaStreamAudioSourceNode;
  /** How the file's name ends. */
  readonly ending: string;
  /** Ends the file. */
  finish(): Promise<Blob>;
}

/** Kinds of sound that are small, the best first, and how names of such files end. */
const SMALL = [
  ["audio/webm;codecs=opus", "webm"],
  ["audio/ogg;codecs=opus", "ogg"],
] as const;
/** Bits a second of a voice. */
const RATE = 32_000;
/** Samples a second where nothing makes them small. */
const SAMPLES = 16_000;

/** Encodes as Opus where the browser can; else the samples are kept as they are, which takes eight times the room. */
export async function encoderFor(stream: MediaStream): Promise<Encoder> {
  const small = typeof MediaRecorder === "function" ? SMALL.find(([type]) => MediaRecorder.isTypeSupported(type)) : undefined;
  return small ? opus(stream, small[0], small[1]) : plain(stream);
}

function opus(stream: MediaStream, mimeType: string, ending: string): Encoder {
  const context = new AudioContext();
  const source = context.createMediaStreamSource(stream);
  const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: RATE });
  const pieces: Blob[] = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const stopped = new Promise<void>((done) => (recorder.onstop = () => done()));
  recorder.start();
  return {
    context,
    source,
    ending,
    async finish() {
      if (recorder.state !== "inactive") recorder.stop();
      await stopped;
      return new Blob(pieces, { type: mimeType });
    },
  };
}

async function plain(stream: MediaStream): Promise<Encoder> {
  const context = new AudioContext({ sampleRate: SAMPLES });
  await context.audioWorklet.addModule(workletUrl);
  const source = context.createMediaStreamSource(stream);
  const collector = new AudioWorkletNode(context, "samples");
  const pieces: Float32Array[] = [];
  collector.port.onmessage = ({ data }: MessageEvent<Float32Array>) => pieces.push(data);
  source.connect(collector).connect(context.destination);
  return {
    context,
    source,
    ending: "wav",
    finish() {
      source.disconnect(collector);
      return Promise.resolve(wavOf(pieces, context.sampleRate));
    },
  };
}
