import { defineStore } from "pinia";
import { ref } from "vue";
import type { Message } from "../generated/im";
import type { Frame } from "../im/client";
import { useChats } from "./chats";
import { useIm } from "./im";

/** How a voice message stands. */
export type PlayerState = "paused" | "loading" | "playing" | "failed";

/** How fast voice messages can be played. */
export const SPEEDS = [1, 1.5, 2] as const;

/** The one voice message that is played. It goes on while the user reads elsewhere. */
export const usePlayer = defineStore("player", () => {
  const im = useIm();
  const chats = useChats();
  /** Id of the message, `null` if none was played. */
  const current = ref<string | null>(null);
  const state = ref<PlayerState>("paused");
  /** Where it is, from 0 to 1. */
  const done = ref(0);
  const speed = ref<(typeof SPEEDS)[number]>(1);
  let audio: HTMLAudioElement | null = null;
  /** How long it is as its message says, in seconds. */
  let told = 0;

  im.follow({ fill: () => Promise.resolve(), take, empty: stop });

  function take(frame: Frame): void {
    const gone = frame.type === "messagesDeleted" && (frame.data.messages.length === 0 || frame.data.messages.includes(current.value ?? ""));
    const recalled = frame.type === "messageChanged" && frame.data.message.msg_type === 16 && frame.data.message.msg_id === current.value;
    if (gone || recalled) stop();
  }

  /** Ends it, and lets go of what was read. */
  function stop(): void {
    if (audio) {
      audio.pause();
      URL.revokeObjectURL(audio.src);
    }
    audio = null;
    current.value = null;
    state.value = "paused";
    done.value = 0;
  }

  function choose(message: Message, second: number): void {
    if (current.value === message.msg_id) return;
    stop();
    current.value = message.msg_id;
    told = second;
  }

  /** What the file itself says is right, unless it does not say. */
  function length(): number {
    return audio && Number.isFinite(audio.duration) && audio.duration > 0 ? audio.duration : told;
  }

  /** Plays a message that takes `second` seconds, or halts it. */
  async function toggle(message: Message, second: number): Promise<void> {
    choose(message, second);
    if (state.value === "loading") return;
    if (state.value === "playing") return pause();
    try {
      audio ??= await load(message);
      // Meanwhile another one may have been chosen.
      if (current.value !== message.msg_id || !audio) return;
      if (done.value >= 1) done.value = 0;
      audio.playbackRate = speed.value;
      audio.currentTime = done.value * length();
      await audio.play();
    } catch {
      if (current.value === message.msg_id) state.value = "failed";
    }
  }

  async function load(message: Message): Promise<HTMLAudioElement | null> {
    state.value = "loading";
    const blob = await chats.readFile(message);
    if (current.value !== message.msg_id) return null;
    if (blob.size === 0) throw new Error("nothing to play");
    const made = new Audio(URL.createObjectURL(blob));
    await new Promise((resolve, reject) => {
      made.addEventListener("loadedmetadata", resolve, { once: true });
      made.addEventListener("error", reject, { once: true });
    });
    const here = () => audio === made;
    made.addEventListener("play", () => here() && (state.value = "playing"));
    made.addEventListener("pause", () => here() && (state.value = "paused"));
    made.addEventListener("timeupdate", () => here() && (done.value = Math.min(1, made.currentTime / (length() || 1))));
    made.addEventListener("ended", () => here() && (done.value = 1));
    return made;
  }

  /** Halts what is played. */
  function pause(): void {
    audio?.pause();
  }

  /** Goes to a place of a message, from 0 to 1. What was not read yet begins there when it is played. */
  function seek(message: Message, second: number, place: number): void {
    choose(message, second);
    done.value = place;
    if (audio) audio.currentTime = place * length();
  }

  /** Takes the next speed. */
  function faster(): void {
    speed.value = SPEEDS[(SPEEDS.indexOf(speed.value) + 1) % SPEEDS.length] ?? 1;
    if (audio) audio.playbackRate = speed.value;
  }

  return { current, state, done, speed, toggle, pause, seek, faster, stop };
});
