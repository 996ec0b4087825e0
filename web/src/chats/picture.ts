import { onBeforeUnmount, ref, watch } from "vue";
import type { Message } from "../generated/im";
import { useMedia } from "../stores/media";

/** The picture of a message as an address for `img`, for as long as the component is there; `failed` if there is none to show. */
export function usePicture(message: () => Message) {
  const media = useMedia();
  const url = ref<string | null>(null);
  const failed = ref(false);
  let shown = "";

  function release(): void {
    if (url.value !== null) URL.revokeObjectURL(url.value);
    url.value = null;
    shown = "";
  }

  async function load(wanted: Message): Promise<void> {
    failed.value = false;
    try {
      const blob = await media.picture(wanted);
      if (message() !== wanted) return;
      release();
      failed.value = blob.size === 0;
      if (blob.size > 0) [url.value, shown] = [URL.createObjectURL(blob), wanted.msg_id];
    } catch {
      // It is not here yet, or no more: the message changes when it is.
      if (message() === wanted) failed.value = true;
    }
  }

  // The message is another one when anything of it changed, its file included.
  const stop = watch(
    message,
    (wanted) => {
      if (wanted.msg_id === shown) return;
      release();
      void load(wanted);
    },
    { immediate: true },
  );

  let gone = false;
  watch(url, (made) => {
    // What came after everybody had gone is let go of at once.
    if (gone && made !== null) release();
  });
  onBeforeUnmount(() => {
    gone = true;
    stop();
    release();
  });

  return { url, failed };
}
