import { defineStore } from "pinia";
import { isPortrait } from "../portrait";
import { useChats } from "./chats";
import { useContacts } from "./contacts";
import { useIm } from "./im";

/** The pictures of everybody who is known here, by address, and of groups by id. */
export const usePortraits = defineStore("portraits", () => {
  const im = useIm();
  const chats = useChats();
  const contacts = useContacts();

  /** The picture of somebody, or the one that is told of them; empty if there is none. */
  function of(address: string, told = ""): string {
    const known = im.profile?.u_nd_add === address ? im.profile.u_pfp_url : (contacts.all.get(address)?.c_pfp_url ?? chats.all.get(address)?.pfpurl);
    return [known ?? "", told].find(isPortrait) ?? "";
  }

  return { of };
});
