import { pageOf, pictureOf } from "./address";
import type { Action, BasicPart, BotAnswer, Bubble, ButtonPart, Card, Cell, Heading, Position, Table, TemplatePart, Words } from "./protocol";

/** Most of each in a list; more than the engine lets through for none but the spans, whose columns nobody could tell apart. */
const BUBBLES = 50;
const QUICK = 50;
const CARDS = 50;
const ROWS = 100;
const CELLS = 20;
const SPAN = 20;
/** Most components of an answer altogether. */
const PARTS = 1000;
/** Longest texts, in UTF-16 units. */
const LONG = 16_000;
const SHORT = 600;

const UNSUPPORTED = { type: "unsupported" } as const;

type Fields = Readonly<Record<string, unknown>>;

/** Reads what a bot answered, which may be anything at all: what is malformed or unknown becomes a note, what is too much is left out. */
export function readAnswer(content: unknown): BotAnswer {
  const reader = new Reader();
  const answer = fieldsOf(content);
  if (!answer) return { bubbles: [UNSUPPORTED], quickButtons: [], menu: null, cut: false };
  const bubbles = Array.isArray(answer.bubbles) ? reader.bubbles(answer.bubbles) : plain(answer.text);
  const quickButtons = reader.list(answer.quickButtons, QUICK, (one) => reader.basic(one)).filter((part) => part.type === "button");
  return { bubbles, quickButtons, menu: reader.menu(answer.persistentMenu), cut: reader.cut };
}

/** Counts what it reads. Nothing calls itself, so the depth is that of the protocol: carousel, template, basic component. */
class Reader {
  cut = false;
  private left = PARTS;

  /** Reads a list up to its bound and to that of the whole answer. */
  list<T>(value: unknown, most: number, read: (one: unknown) => T): T[] {
    if (!Array.isArray(value)) return [];
    const all: T[] = [];
    for (const one of value.slice(0, most)) {
      if (this.left <= 0) break;
      all.push(read(one));
    }
    if (all.length < value.length) this.cut = true;
    return all;
  }

  bubbles(value: unknown): Bubble[] {
    return this.list(value, BUBBLES, (one) => this.bubble(one)).filter((bubble) => !isEmpty(bubble));
  }

  private bubble(value: unknown): Bubble {
    const { type, fields, data } = partsOf(value);
    if (type !== "carousel" || !Array.isArray(data?.cards)) return this.card(value);
    this.left -= 1;
    const cards = this.list(data.cards, CARDS, (one) => this.card(one)).filter((card) => !isEmpty(card));
    return { type, ...headingOf(fields), cards };
  }

  private card(value: unknown): Card {
    const { type, fields, data } = partsOf(value);
    if (type === "template" && data) return this.template(fields, data);
    if (type === "flex" && data) {
      this.left -= 1;
      return { type, ...headingOf(fields), altText: text(data.altText, LONG) };
    }
    return this.basic(value);
  }

  private template(fields: Fields, data: Fields): TemplatePart {
    this.left -= 1;
    return {
      type: "template",
      ...headingOf(fields),
      cover: fieldsOf(data.cover) ? this.basic(data.cover) : null,
      contentTable: this.table(data.contentTable, data.contentTableShowRows),
      footTable: this.table(data.footTable, data.footTableShowRows),
    };
  }

  menu(value: unknown): TemplatePart | null {
    const { type, fields, data } = partsOf(value);
    if (type !== "template" || !data) return null;
    const menu = { ...this.template(fields, data), cover: null };
    return menu.contentTable.rows.length + menu.footTable.rows.length > 0 ? menu : null;
  }

  private table(value: unknown, showRows: unknown): Table {
    const rows = this.list(value, ROWS, (row) => this.list(row, CELLS, (cell) => this.cell(cell))).filter((row) => row.length > 0);
    return { rows, showRows: Number.isSafeInteger(showRows) && Number(showRows) > 0 ? Number(showRows) : null };
  }

  private cell(value: unknown): Cell {
    const cell = fieldsOf(value) ?? {};
    return { colSpan: span(cell.colSpan), rowSpan: span(cell.rowSpan), part: this.basic(cell.data) };
  }

  basic(value: unknown): BasicPart {
    this.left -= 1;
    const { type, fields, data } = partsOf(value);
    if (!data) return UNSUPPORTED;
    const action = actionOf(data.action);
    switch (type) {
      case "text":
        return { type, ...wordsOf(fields, data), action };
      case "image": {
        const place = { imageUrl: pictureOf(text(data.imageUrl, LONG)), alt: text(data.alt, SHORT), imagePosition: positionOf(data.imagePosition) };
        return { type, ...wordsOf(fields, data), ...place, action };
      }
      case "button":
        return buttonOf(fields, data, action);
      default:
        return UNSUPPORTED;
    }
  }
}

/** Text alone, as a message that is no answer has it. */
function plain(value: unknown): Bubble[] {
  const description = text(value, LONG);
  return description ? [{ type: "text", title: "", subTitle: "", description, url: "", urlAlias: "", action: null }] : [];
}

function isEmpty(part: Bubble): boolean {
  if (part.type === "carousel") return part.cards.length === 0 && !part.title && !part.subTitle;
  return part.type === "text" && !part.title && !part.subTitle && !part.description && !part.url;
}

function headingOf(fields: Fields): Heading {
  return { title: text(fields.title, SHORT), subTitle: text(fields.subTitle, SHORT) };
}

function wordsOf(fields: Fields, data: Fields): Words {
  return { ...headingOf(fields), description: text(data.description, LONG), url: pageOf(text(data.url, LONG)), urlAlias: text(data.urlAlias, SHORT) };
}

function buttonOf(fields: Fields, data: Fields, action: Action | null): ButtonPart {
  const iconUrl = pictureOf(text(data.iconUrl, LONG));
  // A picture to tap that has no picture is a button like any other.
  const kind = data.type === "imageButton" && iconUrl ? "imageButton" : "basic";
  return { type: "button", ...headingOf(fields), kind, iconUrl, action };
}

function actionOf(value: unknown): Action | null {
  const { type, data = {} } = partsOf(value);
  switch (type) {
    case "postback":
    case "utterance":
    case "welcome":
      return { type, postback: whole(data.postback), postbackFull: whole(data.postbackFull), displayText: whole(data.displayText) };
    case "link":
      return { type, url: whole(data.url) };
    case "phone":
      return { type, number: /^[^\p{Cc}]{1,60}$/u.exec(whole(data.number).trim())?.[0] ?? "", name: text(data.name, SHORT) };
    default:
      return null;
  }
}

function positionOf(value: unknown): Position | null {
  return value === "top" || value === "bottom" || value === "left" || value === "right" ? value : null;
}

function span(value: unknown): number {
  return Number.isSafeInteger(value) ? Math.min(Math.max(Number(value), 1), SPAN) : 1;
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function partsOf(value: unknown): { type: unknown; fields: Fields; data: Fields | undefined } {
  const fields = fieldsOf(value) ?? {};
  return { type: fields.type, fields, data: fieldsOf(fields.data) };
}

/** A text to show, shortened where it is endless; never within a letter. */
function text(value: unknown, most: number): string {
  if (typeof value !== "string") return "";
  return value.length <= most ? value : `${value.slice(0, most).replace(/[\ud800-\udbff]$/u, "")}…`;
}

/** A text to act on: to shorten it would make another of it. */
function whole(value: unknown): string {
  return typeof value === "string" && value.length <= LONG ? value : "";
}
