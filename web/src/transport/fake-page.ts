import type { AppPage, Authority, Download } from "../generated/shell";

/** The page of the fake app number `index`: the first has everything, the others have less. */
export function fakePage(index: number, locked: boolean): AppPage {
  const signed = 1_760_000_000 - index * 400_000;
  return {
    typeCode: index === 1 ? null : `${(index % 22) + 1}`.padStart(4, "0"),
    grants:
      index > 0
        ? []
        : [
            { wish: { kind: "openUrl", host: "maps.example.org" }, allowed: true, since: 1_762_000_000_000 },
            { wish: { kind: "download", host: "a-rather-long-name-of-a-server.static-content.cdn.example.net" }, allowed: false, since: 1_762_100_000_000 },
            { wish: { kind: "saveImages" }, allowed: true, since: 1_762_200_000_000 },
          ],
    permissions:
      index > 0
        ? []
        : [
            { name: "openURL", reason: "Shows the place of a picture on a map." },
            { name: "scanQRCode", reason: "Reads the code on a friend’s screen, so that you need not type an address of thirty-four characters by hand." },
            { name: "readThoughts", reason: "<b>No mark-up</b>" },
          ],
    storage: { extended: index > 0 ? 0 : 1_432, downloads: index > 0 ? 0 : 48_300_000, web: index > 0 ? 0 : 73_728 },
    account: locked ? null : "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
    certificate:
      index > 0
        ? null
        : {
            content: { level: 8, issuer: "1AuthorityAddressThatIsNoneXXXXXXX", issuerName: "Coconut Services", notBefore: 1_760_000_000_000, notAfter: 4_100_000_000_000 },
            refused: null,
            at: 1_762_300_000_000,
          },
    previous:
      index > 0
        ? null
        : { version: "0.9", modified: signed - 3_000_000, size: 17_210, signer: "1OtherSignerThatIsNoAddressXXXXXXX", difference: { added: 3, removed: 1, changed: 12 } },
    history:
      index > 1
        ? []
        : [
            { version: "0.8", modified: signed - 6_000_000, at: signed - 5_900_000, way: "installed" },
            { version: "0.9", modified: signed - 3_000_000, at: signed - 2_900_000, way: "updated" },
            { version: "1.0", modified: signed, at: signed + 1_000, way: "updated" },
          ],
  };
}

/** Authorities of the fake shell. */
export const FAKE_AUTHORITIES: readonly Authority[] = [
  { address: "1AuthorityAddressThatIsNoneXXXXXXX", name: "Coconut Services", builtIn: true, revoked: { count: 12, modified: 1_761_000_000 } },
];

/** A download that is under way. */
export function fakeDownload(address: string): Download {
  return { address, file: "map-of-the-world.zip", received: 12_400_000, total: 48_300_000 };
}
