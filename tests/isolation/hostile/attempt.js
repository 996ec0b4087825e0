// Tables of attacks, and what runs them. An attack gets a URL that must not be reached and tells what it saw.
"use strict";
const attacks = {};
const blocked = [];
document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
  blocked.push(`${effectiveDirective} ${blockedURI}`);
});

// Longest time in milliseconds that one attack is watched; most end at once, some are never answered.
const PATIENCE = 4_000;
const nothing = () => new Promise((resolve) => setTimeout(resolve, PATIENCE, "nothing"));
const words = (value) => String(value instanceof Error || value instanceof DOMException ? value.name : value).slice(0, 80);

/** What an attack saw, in a few words, whatever became of it. */
const watch = async (attack) => {
  try {
    return words(await Promise.race([attack(), nothing()]));
  } catch (error) {
    return `refused: ${words(error)}`;
  }
};

/** The next of these events on a target, by its name. */
const next = (target, ...names) =>
  new Promise((resolve) => names.forEach((name) => target.addEventListener(name, () => resolve(name), { once: true })));

/** Adds an element and waits for what becomes of it. */
const element = (name, attributes, parent = document.body) => {
  const added = document.createElement(name);
  const seen = next(added, "load", "error", "loadeddata");
  for (const [key, value] of Object.entries(attributes)) added.setAttribute(key, value);
  parent.append(added);
  return seen;
};

/** Adds markup and gives the element it begins with. */
const markup = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  const first = template.content.firstElementChild;
  document.body.append(template.content);
  return first;
};

/** Adds style and an element that it applies to, and draws them. */
const styled = (css, html = "<p class=styled>x") => {
  const style = document.createElement("style");
  style.textContent = css;
  document.head.append(style);
  getComputedStyle(markup(html)).backgroundImage;
  return settled();
};

/** After everything that this page has asked of the program before: it takes one thing after the other. */
const settled = async () => {
  await new Promise(requestAnimationFrame);
  await (await fetch("/plain.txt")).text();
  return "nothing";
};

/** Fills an attack's name and a port of its own into a target: `https://{name}.example:{port}/`. */
const aimed = (target, name, index) => target.replaceAll("{name}", name).replaceAll("{port}", String(20_000 + index));

const trials = (group, targets, only) =>
  Object.entries(attacks[group]).flatMap(([attack, run], index) =>
    only === undefined || only === attack
      ? Object.entries(targets).map(([target, url]) => ({ attack, target, url: aimed(url, attack, index), run }))
      : [],
  );

const told = ({ attack, target, url }, saw) => ({ attack, target, url, saw });

/** Runs a group's attacks on all targets at the same time. */
const together = (group, targets, only) =>
  Promise.all(trials(group, targets, only).map(async (trial) => told(trial, await watch(() => trial.run(trial.url)))));

/** Runs a group's attacks one after the other, each until the program has dealt with it. */
const oneByOne = async (group, targets, only) => {
  const results = [];
  for (const trial of trials(group, targets, only)) {
    const saw = await watch(() => trial.run(trial.url));
    await settled();
    results.push(told(trial, saw));
  }
  return results;
};

/** Runs a group's attacks all at once when the button is pressed: some things a page may do only for a person. */
const whenPressed = (group, targets, only) => {
  window.pressed = new Promise((resolve) => {
    document.querySelector("#press").addEventListener(
      "click",
      () => {
        const runs = trials(group, targets, only).map((trial) => [trial, watch(() => trial.run(trial.url))]);
        resolve(Promise.all(runs.map(async ([trial, saw]) => told(trial, await saw))));
      },
      { once: true },
    );
  });
};
