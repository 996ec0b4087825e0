import { ref } from "vue";
import { useI18n } from "vue-i18n";
import { EngineFailure } from "../im/client";

/** What the engine says in its own language while nobody is in, whose language it could speak. */
const SPOKEN = [20002, 20010, 20011, 20012, 20065] as const;

/** State of a form that asks the engine for something: whether it is under way, and what is wrong, in the user's language. */
export function useEngineAttempt() {
  const { t } = useI18n();
  const busy = ref(false);
  const error = ref("");

  /** Runs `action` unless one is running; whether it succeeded. */
  async function attempt(action: () => Promise<void>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    error.value = "";
    try {
      await action();
      return true;
    } catch (thrown) {
      const code = SPOKEN.find((code) => thrown instanceof EngineFailure && thrown.code === code);
      if (code) error.value = t(`entrance.code${code}`);
      else error.value = thrown instanceof EngineFailure ? thrown.message : String(thrown);
      return false;
    } finally {
      busy.value = false;
    }
  }

  return { busy, error, attempt };
}
