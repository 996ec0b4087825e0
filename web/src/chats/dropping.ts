import { onBeforeUnmount, onMounted, onScopeDispose, ref, watch } from "vue";
import { useShell } from "../stores/shell";
import { useView } from "../stores/view";

/** Takes files that are dropped on the window while a chat is open; the program tells their paths, a browser gives the files. */
export function useDropping(chat: () => string | null, take: (chat: string, files: readonly (File | string)[]) => void) {
  const shell = useShell();
  const view = useView();
  const over = ref(false);
  const given = (files: readonly (File | string)[]) => {
    const id = chat();
    if (id !== null && files.length > 0) take(id, files);
  };

  onScopeDispose(shell.hear((event) => event.type === "dropped" && given(event.paths)));
  watch(
    () => shell.withApps && chat() !== null,
    (on) => shell.withApps && shell.request({ op: "takeFiles", on }).catch(() => undefined),
    { immediate: true },
  );

  const isFiles = (event: DragEvent) => chat() !== null && (event.dataTransfer?.types.includes("Files") ?? false);
  const enter = (event: DragEvent) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    over.value = true;
  };
  const leave = (event: DragEvent) => {
    if (event.relatedTarget === null) over.value = false;
  };
  const drop = (event: DragEvent) => {
    over.value = false;
    if (!isFiles(event)) return;
    event.preventDefault();
    given([...(event.dataTransfer?.files ?? [])]);
  };
  onMounted(() => {
    if (shell.withApps) return;
    window.addEventListener("dragover", enter);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
  });
  onBeforeUnmount(() => {
    if (shell.withApps) void shell.request({ op: "takeFiles", on: false }).catch(() => undefined);
    window.removeEventListener("dragover", enter);
    window.removeEventListener("dragleave", leave);
    window.removeEventListener("drop", drop);
  });

  return { over: () => (over.value || view.dragging) && chat() !== null };
}
