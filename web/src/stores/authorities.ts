import { defineStore } from "pinia";
import { shallowRef } from "vue";
import type { Authority } from "../generated/shell";
import { useNotices } from "./notices";
import { useShell } from "./shell";

/** Whose certificates are trusted. */
export const useAuthorities = defineStore("authorities", () => {
  const notices = useNotices();
  const shell = useShell();
  const list = shallowRef<readonly Authority[]>([]);

  /** Reads the list. */
  async function refresh(): Promise<void> {
    try {
      list.value = (await shell.request({ op: "authorities" })).authorities;
    } catch (thrown) {
      notices.fail("authorityFailed", thrown);
    }
  }

  /**
   * Trusts an authority, or gives it another name.
   *
   * @throws ShellFailure, kind `invalid` when address or name is not accepted.
   */
  async function add(address: string, name: string): Promise<void> {
    list.value = (await shell.request({ op: "addAuthority", address, name })).authorities;
  }

  /** Trusts an authority no longer. */
  async function remove(address: string): Promise<void> {
    try {
      list.value = (await shell.request({ op: "removeAuthority", address })).authorities;
    } catch (thrown) {
      notices.fail("authorityFailed", thrown);
    }
  }

  /** Lets the user choose a list of revoked certificates. */
  async function importRevocations(): Promise<void> {
    try {
      const { issuer } = await shell.request({ op: "importRevocations" });
      if (issuer === null) return;
      notices.tell("revocationsImported");
      await refresh();
    } catch (thrown) {
      notices.fail("authorityFailed", thrown);
    }
  }

  return { list, refresh, add, remove, importRevocations };
});
