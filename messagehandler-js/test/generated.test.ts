import { expect, expectTypeOf, it } from "vitest";
import type { DataOf, ResultOf } from "../src/commands.js";
import type { Json } from "../src/envelope.js";
import type { Answers } from "../src/generated/answers.js";
import type { levels as generatedLevels } from "../src/generated/levels.js";
import type { shapes as generatedShapes } from "../src/generated/shapes.js";
import { asking, levels } from "../src/levels.js";
import { shapes } from "../src/shapes.js";
import type { CommandName } from "../src/index.js";

type Shapes = typeof generatedShapes;

/** The type that a shape stands for. */
type Value<S> = S extends "string"
  ? string
  : S extends "boolean"
    ? boolean
    : S extends "any"
      ? Json
      : S extends { list: infer Each }
        ? readonly Value<Each>[]
        : S extends { map: infer Each }
          ? Record<string, Value<Each>>
          : S extends { one: readonly (infer One)[] }
            ? One
            : S extends { fields: infer F }
              ? Data<F>
              : never;

type Either<F> = { [K in keyof F]: K extends `${infer A}|${infer B}` ? Record<A, Value<F[K]>> | Record<B, Value<F[K]>> : never }[keyof F];
type Plain<F> = { [K in keyof F as K extends `${string}?` | `${string}|${string}` ? never : K]: Value<F[K]> } & {
  [K in keyof F as K extends `${infer Name}?` ? Name : never]?: Value<F[K]>;
};
/** The type of an object of such fields. */
type Data<F> = [Either<F>] extends [never] ? Plain<F> : Plain<F> & Either<F>;

/** With every part that may be missing, so that one that is not known at all is seen. */
type Whole<T> = Json extends T ? T : T extends string | number | boolean ? T : { [K in keyof T]-?: Whole<T[K]> };
type Fits<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

type WrongData = { [C in CommandName]: [Fits<DataOf<C>, Data<Shapes[C]>>, Fits<Whole<DataOf<C>>, Whole<Data<Shapes[C]>>>] extends [true, true] ? never : C }[CommandName];
type WrongResult = { [C in CommandName]: Fits<ResultOf<C>, Answers[C]> extends true ? never : C }[CommandName];

it("types every command as the host reads and answers it", () => {
  expectTypeOf<WrongData>().toBeNever();
  expectTypeOf<WrongResult>().toBeNever();
  expectTypeOf<keyof Shapes>().toEqualTypeOf<CommandName>();
  expectTypeOf<keyof Answers>().toEqualTypeOf<CommandName>();
  expectTypeOf<keyof typeof generatedLevels>().toEqualTypeOf<CommandName>();
});

it("has a level and a shape for the same commands, also for those that ask", () => {
  expect(Object.keys(shapes)).toEqual(Object.keys(levels));
  expect(Object.keys(levels)).toEqual(expect.arrayContaining([...asking]));
});
