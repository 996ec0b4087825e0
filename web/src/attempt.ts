import { type Ref, ref, watch } from "vue";
import { useI18n } from "vue-i18n";
import { ShellFailure } from "./transport/transport";

/**
 * State of a form that asks the shell for something with a password: whether it is under way, and what is wrong.
 * A wrong password is explained by the text alone; other failures also have a detail. The error goes when the password is changed.
 */
export function useAttempt(password: Readonly<Ref<string>>) {
  const { t } = useI18n();
  const busy = ref(false);
  const error = ref("");
  const detail = ref("");

  function clear(): void {
    error.value = "";
    detail.value = "";
  }

  watch(password, clear);

  /** Runs `action` unless one is running; whether it succeeded. */
  async function attempt(action: () => Promise<void>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    clear();
    try {
      await action();
      return true;
    } catch (thrown) {
      const failure = ShellFailure.from(thrown);
      error.value = t(`errors.${failure.kind}`);
      detail.value = failure.kind === "password" ? "" : failure.detail;
      return false;
    } finally {
      busy.value = false;
    }
  }

  return { busy, error, detail, attempt };
}
