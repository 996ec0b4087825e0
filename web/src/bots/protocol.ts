import { pageOf } from "./address";

export { readAnswer } from "./read";

/** What happens when something is tapped. Texts that a bot did not give are empty, here and below. */
export type Action =
  | { type: "postback" | "utterance" | "welcome"; postback: string; postbackFull: string; displayText: string }
  | { type: "link"; url: string }
  | { type: "phone"; number: string; name: string };

/** What every component may have above it. */
export interface Heading {
  /** Short bold text; on a button its text. */
  title: string;
  /** Short grey text. */
  subTitle: string;
}

/** Text with a link below it. */
export interface Words extends Heading {
  /** Plain text, never HTML. */
  description: string;
  /** Page of the link; empty when it may not be opened. */
  url: string;
  /** What the link shows. */
  urlAlias: string;
}

/** Text. */
export interface TextPart extends Words {
  type: "text";
  action: Action | null;
}

/** Where a picture stands beside its text, as the bot says. */
export type Position = "top" | "bottom" | "left" | "right";

/** A picture and its text. */
export interface ImagePart extends Words {
  type: "image";
  /** `https`; empty when it may not be loaded. */
  imageUrl: string;
  /** What the picture shows, in words. */
  alt: string;
  imagePosition: Position | null;
  action: Action | null;
}

/** Something to tap. */
export interface ButtonPart extends Heading {
  type: "button";
  kind: "basic" | "imageButton";
  /** `https`; empty when there is none. */
  iconUrl: string;
  action: Action | null;
}

/** A card that cannot be shown, with what its bot says instead. */
export interface FlexPart extends Heading {
  type: "flex";
  altText: string;
}

/** What could not be read. */
export interface UnsupportedPart {
  type: "unsupported";
}

/** What stands in covers and cells. */
export type BasicPart = TextPart | ImagePart | ButtonPart | UnsupportedPart;

/** A cell of a table. */
export interface Cell {
  colSpan: number;
  rowSpan: number;
  part: BasicPart;
}

/** Rows of cells. */
export interface Table {
  rows: Cell[][];
  /** Rows that are shown before it is unfolded; `null` for all. */
  showRows: number | null;
}

/** A cover with two tables below. A persistent menu has no cover. */
export interface TemplatePart extends Heading {
  type: "template";
  cover: BasicPart | null;
  contentTable: Table;
  footTable: Table;
}

/** What stands in a carousel. */
export type Card = BasicPart | TemplatePart | FlexPart;

/** Cards side by side. */
export interface CarouselPart extends Heading {
  type: "carousel";
  cards: Card[];
}

/** One bubble of an answer. */
export type Bubble = Card | CarouselPart;

/** An answer of a bot, within bounds and in known forms. */
export interface BotAnswer {
  bubbles: Bubble[];
  quickButtons: ButtonPart[];
  menu: TemplatePart | null;
  /** Whether some of it was left out because there was too much. */
  cut: boolean;
}

/** What a tap asks of the chat. */
export type Tap =
  | { kind: "send"; text: string; postback: string; open: boolean }
  | { kind: "link"; url: string }
  | { kind: "call"; number: string; name?: string };

/**
 * What tapping something asks for, or `null` when it cannot be tapped. `name` is what the tapped thing is called: it stands in for a text to
 * show that is missing, and is what a greeting without a postback is asked for by, since the engine sends no empty text.
 */
export function tapOf(action: Action | null, name = ""): Tap | null {
  switch (action?.type) {
    case "postback":
    case "utterance":
    case "welcome": {
      const open = action.type === "welcome";
      const postback = action.postbackFull || action.postback || (open ? name : "");
      const text = action.displayText || action.postback || name || postback;
      return postback ? { kind: "send", text, postback, open } : null;
    }
    case "link": {
      const url = pageOf(action.url);
      return url ? { kind: "link", url } : null;
    }
    case "phone":
      return action.number ? { kind: "call", number: action.number, ...(action.name && { name: action.name }) } : null;
    default:
      return null;
  }
}
