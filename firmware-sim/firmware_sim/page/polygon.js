/* The polygon's page: draws the sites as their simulators tell of them, and is the hand at their devices. */

const WORDS = {
  ru: {
    title: "Полигон", links: "Страницы дома", places: "Места", journal: "Что произошло", other: "English",
    uplink: "Оборвать связь с облаком", uplinkCut: "Связь с облаком оборвана: восстановить",
    lost: "Имитаторы не отвечают: демо остановлено?", fire: "Пожарная тревога", line: "Обрыв линии Modbus",
    plate: "Номер машины", driveUp: "Подъехать", driveBack: "Развернуться",
    card: "Карта", present: "Приложить", code: "PIN или код", type: "Набрать", qr: "Текст QR-кода", show: "Показать",
    number: "Квартира", ring: "Позвонить", block: "Заслонить фотоэлемент", unblock: "Освободить фотоэлемент",
    crankUp: "Поднять рукояткой", crankDown: "Опустить рукояткой", force: "Взломать дверь", shut: "Закрыть дверь рукой", jam: "Заклинить привод",
    silence: "Обесточить", hand: "Рукой", reader: "Считыватель", scanner: "Сканер", camera: "Камера", panel: "Панель вызова",
    barrier: "Шлагбаум", door: "Дверь", light: "Светофор", loop: "Петля", photocell: "Фотоэлемент", car: "Машина", approach: "Петля камеры",
    states: { closed: "закрыт", opening: "открывается", open: "открыт", closing: "закрывается", stopped: "стоит на полпути", crushed: "ОПУСТИЛСЯ НА МАШИНУ" },
    doors: { closed: "закрыта", opening: "открывается", open: "открыта", closing: "закрывается", stopped: "приоткрыта" },
    lights: { green: "зелёный", red: "красный", off: "не горит", "green+red": "оба цвета" },
    free: "свободна", taken: "занята", clear: "свободен", blocked: "перекрыт",
    phases: { coming: "подъезжает", waiting: "ждёт у шлагбаума", passing: "проезжает", leaving: "уехала", backing: "разворачивается" }, nobody: "нет",
    offline: "нет связи с контроллером", done: "Сделано: {what}", failed: "{what}: не вышло, {why}",
    log: { card: "приложена карта {card}", keys: "набрано {keys}", scan: "показан код", plate: "камера прочла {plate}", ring: "звонок, квартира {number}", door: "панель открыла дверь" },
    hands: { occupied: "проезд занят: {value}", blocked: "фотоэлемент перекрыт: {value}", jammed: "привод заклинен: {value}", crank: "рукоятка: {value}", go_through: "человек прошёл" },
    yes: "да", no: "нет", drawing: "Чертёж объекта: {what}",
  },
  en: {
    title: "Polygon", links: "Pages of the house", places: "Places", journal: "What happened", other: "Русский",
    uplink: "Cut the link to the cloud", uplinkCut: "The link to the cloud is cut: mend it",
    lost: "The simulators do not answer: is the demo stopped?", fire: "Fire alarm", line: "Modbus line cut",
    plate: "Car's plate", driveUp: "Drive up", driveBack: "Turn back",
    card: "Card", present: "Present", code: "PIN or code", type: "Type", qr: "Text of the QR code", show: "Show",
    number: "Flat", ring: "Ring", block: "Block the photocell", unblock: "Clear the photocell",
    crankUp: "Crank it up", crankDown: "Crank it down", force: "Force the door", shut: "Shut the door by hand", jam: "Jam the drive",
    silence: "Unplug", hand: "By hand", reader: "Reader", scanner: "Scanner", camera: "Camera", panel: "Panel",
    barrier: "Barrier", door: "Door", light: "Traffic light", loop: "Loop", photocell: "Photocell", car: "Car", approach: "Camera's loop",
    states: { closed: "closed", opening: "opening", open: "open", closing: "closing", stopped: "stopped half way", crushed: "CAME DOWN ON A CAR" },
    doors: { closed: "closed", opening: "opening", open: "open", closing: "closing", stopped: "ajar" },
    lights: { green: "green", red: "red", off: "off", "green+red": "both colours" },
    free: "free", taken: "occupied", clear: "clear", blocked: "blocked",
    phases: { coming: "drives up", waiting: "waits at the barrier", passing: "drives through", leaving: "has left", backing: "turns round" }, nobody: "none",
    offline: "the box does not talk to it", done: "Done: {what}", failed: "{what}: it did not work, {why}",
    log: { card: "card {card} presented", keys: "{keys} typed", scan: "code shown", plate: "camera read {plate}", ring: "ring, flat {number}", door: "the panel opened its door" },
    hands: { occupied: "way occupied: {value}", blocked: "photocell blocked: {value}", jammed: "drive jammed: {value}", crank: "crank: {value}", go_through: "a person went through" },
    yes: "yes", no: "no", drawing: "Drawing of the site: {what}",
  },
};
const SECONDS = { coming: 1.2, passing: 2, leaving: 1.2, backing: 1.2, waiting: 0 };
const LATIN = Object.fromEntries([..."АВЕКМНОРСТУХ"].map((letter, at) => [letter, "ABEKMHOPCTYX"[at]]));
const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 960;
const OPEN_DEGREES = 84;

let language = localStorage["polygon.language"] ?? (navigator.language.startsWith("ru") ? "ru" : "en");
let scene = null;
let seen = null;
let isCut = false;
const drawn = [];
const told = {};

const words = () => WORDS[language];
const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

function draw(parent, tag, attributes = {}, text = "") {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.textContent = text;
  parent.append(node);
  return node;
}

/* What hands do */

function tell(text, isBad = false) {
  const said = document.querySelector("#said");
  said.textContent = text;
  said.className = isBad ? "bad" : "";
}

async function act(what, path, body, method = "POST") {
  try {
    const answer = await fetch(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) });
    if (answer.ok) {
      tell(say(words().done, { what }));
      return answer;
    }
    const told = await answer.json().catch(() => ({}));
    const why = answer.status === 503 ? words().offline : (told.error ?? `HTTP ${answer.status}`);
    tell(say(words().failed, { what, why }), true);
  } catch (error) {
    tell(say(words().failed, { what, why: error.message }), true);
  }
  return null;
}

async function turnUplink() {
  const answer = await act(isCut ? words().uplinkCut : words().uplink, "/uplink", { cut: !isCut }, "PUT");
  if (answer) showUplink((await answer.json()).cut);
}

async function askUplink() {
  const answer = await fetch("/uplink").catch(() => null);
  if (answer?.ok) showUplink((await answer.json()).cut);
}

function showUplink(cut) {
  isCut = cut;
  const button = document.querySelector("#uplink");
  button.hidden = !scene.can_cut;
  button.textContent = cut ? words().uplinkCut : words().uplink;
  press(button, cut);
  for (const { link } of drawn) link?.classList.toggle("off", cut);
}

const latin = (plate) => [...plate.toUpperCase().replace(/[\s-]/g, "")].map((letter) => LATIN[letter] ?? letter).join("");

/* Controls */

function formOf(label, field, button, send, isMain = false) {
  const form = make("form", {}, make("label", {}, label, field), make("button", { type: "submit", class: isMain ? "main" : "" }, button));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) send(field.value.trim());
  });
  return form;
}

function toggle(text, send) {
  const button = make("button", { type: "button", "aria-pressed": "false", onclick: () => send(button.getAttribute("aria-pressed") !== "true") }, text);
  return button;
}

/** Whether a toggle is in. */
const press = (button, isOn) => button.setAttribute("aria-pressed", String(Boolean(isOn)));

function carForm(base, place, list) {
  const field = make("input", { list, autocomplete: "off", spellcheck: "false", maxlength: "32", value: scene.plates[0]?.plate ?? "" });
  return formOf(words().plate, field, words().driveUp, (typed) => act(`${words().driveUp}, ${typed}`, `${base}/lanes/${place.lane}/car`, { plate: latin(typed) }), true);
}

function cardForm(base, place) {
  const options = scene.cards.map(({ text, note }, at) => make("option", { value: String(at) }, `${text} · ${note}`));
  return formOf(words().card, make("select", {}, ...options), words().present, (at) => {
    const { facility, number, text } = scene.cards[Number(at)];
    act(`${words().present}, ${text}`, `${base}/readers/${place.reader}/card`, { facility, number });
  });
}

function controls(site, place, at) {
  const base = `/sites/${site.key}`;
  const t = words();
  const box = make("div", { class: "place" });
  const states = make("ul", { class: "states" });
  const kept = { states, toggles: [] };
  box.append(make("h2", {}, place.name), states);
  if (place.lane) {
    const form = carForm(base, place, "plates");
    form.append(make("button", { type: "button", onclick: () => act(t.driveBack, `${base}/lanes/${place.lane}/leave`) }, t.driveBack));
    box.append(form);
  }
  if (place.reader) {
    box.append(cardForm(base, place));
    const keys = make("input", { inputmode: "numeric", pattern: "[0-9*#]{1,63}", autocomplete: "off" });
    box.append(formOf(t.code, keys, t.type, (typed) => act(t.type, `${base}/readers/${place.reader}/keys`, { keys: `${typed}#` })));
  }
  if (place.scanner) box.append(formOf(t.qr, make("input", { autocomplete: "off" }), t.show, (text) => act(t.show, `${base}/scanners/${place.scanner}/scan`, { text })));
  if (place.panel) box.append(formOf(t.number, make("input", { inputmode: "numeric", value: "17", autocomplete: "off" }), t.ring, (number) => act(t.ring, `${base}/panels/${place.panel}/ring`, { number })));
  box.append(handsAt(base, place, kept), plugsOf(base, place, kept));
  const tab = make("button", { type: "button", role: "tab", id: `tab-${at}`, "aria-controls": `panel-${at}`, onclick: () => choose(at) }, place.name);
  const panel = make("div", { role: "tabpanel", id: `panel-${at}`, "aria-labelledby": `tab-${at}` }, box);
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) choose((at + step + drawn.length) % drawn.length, true);
  });
  document.querySelector("#tabs").append(tab);
  document.querySelector("#panels").append(panel);
  return { ...kept, tab, panel };
}

function handsAt(base, place, kept) {
  const t = words();
  const path = `${base}/barriers/${place.barrier}`;
  const row = make("div", { class: "row" });
  if (place.lane) {
    const cell = toggle(t.block, (blocked) => act(blocked ? t.block : t.unblock, path, { blocked }));
    kept.toggles.push([cell, (site) => site.barriers[place.barrier].blocked]);
    row.append(cell);
  }
  const [up, down] = place.lane ? [t.crankUp, t.crankDown] : [t.force, t.shut];
  row.append(make("button", { type: "button", onclick: () => act(up, path, { crank: 1 }) }, up), make("button", { type: "button", onclick: () => act(down, path, { crank: 0 }) }, down));
  const jam = toggle(t.jam, (jammed) => act(t.jam, path, { jammed }));
  kept.toggles.push([jam, (site) => site.barriers[place.barrier].jammed]);
  row.append(jam);
  return make("fieldset", {}, make("legend", {}, t.hand), row);
}

function plugsOf(base, place, kept) {
  const t = words();
  const row = make("div", { class: "row" });
  for (const kind of ["reader", "scanner"].filter((each) => place[each])) {
    const plug = toggle(t[kind], (off) => act(`${t.silence}: ${t[kind]}`, `${base}/${kind}s/${place[kind]}/${off ? "stop" : "start"}`));
    kept.toggles.push([plug, (site) => !site[`${kind}s`][place[kind]].plugged]);
    row.append(plug);
  }
  if (place.panel) {
    const plug = toggle(t.panel, (off) => act(`${t.silence}: ${t.panel}`, `${base}/panels/${place.panel}/fault`, { fault: off ? "silent" : "none" }));
    kept.toggles.push([plug, (site) => site.panels[place.panel].fault !== "none"]);
    row.append(plug);
  }
  return row.children.length ? make("fieldset", {}, make("legend", {}, t.silence), row) : "";
}

function choose(at, isFocused = false) {
  drawn.forEach(({ tab, panel }, index) => {
    tab.setAttribute("aria-selected", String(index === at));
    tab.tabIndex = index === at ? 0 : -1;
    panel.hidden = index !== at;
  });
  location.hash = `place-${at}`;
  if (isFocused) drawn[at].tab.focus();
}

/* Drawing */

function device(svg, kind, x, y, isAbove) {
  const group = draw(svg, "g", { class: "device", transform: `translate(${x} ${y})` });
  draw(group, "rect", { x: -20, y: -16, width: 40, height: 32, rx: 5 });
  const shapes = {
    reader: "M-8 -4 q8 -8 16 0 M-5 1 q5 -5 10 0 M-1 6 h2",
    scanner: "M-11 -8 v16 M-6 -8 v16 M-2 -8 v16 M4 -8 v16 M10 -8 v16",
    camera: "M-12 -7 h16 v14 h-16 z M4 -2 l8 -5 v14 l-8 -5",
    panel: "M-9 -10 h18 M-6 -3 h3 M-1 -3 h3 M4 -3 h3 M-6 3 h3 M-1 3 h3 M4 3 h3 M-3 9 h6",
  };
  draw(group, "path", { d: shapes[kind] });
  draw(group, "text", { x: 0, y: isAbove ? -24 : 34, "text-anchor": "middle" }, words()[kind]);
  return group;
}

function drawCar(svg, y) {
  const car = draw(svg, "g", { class: "car" });
  draw(car, "rect", { class: "hull", x: -62, y: y - 27, width: 124, height: 54, rx: 18 });
  draw(car, "rect", { class: "glass", x: -38, y: y - 21, width: 76, height: 42, rx: 10 });
  draw(car, "rect", { class: "plate", x: -50, y: y - 11, width: 100, height: 22, rx: 3 });
  const plate = draw(car, "text", { x: 0, y: y + 5 });
  car.setAttribute("visibility", "hidden");
  return { car, plate };
}

function drawLane(svg, place, top) {
  const isIn = place.direction === "in";
  const road = isIn ? top + 84 : top;
  const along = (x) => (isIn ? x : WIDTH - x);
  const post = isIn ? road + 108 : road - 8;
  draw(svg, "rect", { class: "road", x: 0, y: road, width: WIDTH, height: 100 });
  draw(svg, "line", { class: "mark", x1: 0, x2: WIDTH, y1: isIn ? road + 98 : road + 2, y2: isIn ? road + 98 : road + 2 });
  const loop = (from, to) => draw(svg, "rect", { class: "loop", x: Math.min(along(from), along(to)), y: road + 12, width: to - from, height: 76, rx: 6 });
  const parts = { approach: loop(300, 440), loop: loop(490, 600) };
  parts.beam = draw(svg, "line", { class: "beam", x1: along(585), x2: along(585), y1: road - 6, y2: road + 106 });
  for (const y of [road - 12, road + 104]) draw(svg, "rect", { class: "post", x: along(585) - 5, y, width: 10, height: 10 });
  Object.assign(parts, drawCar(svg, road + 50));
  parts.boom = draw(svg, "g", { class: "boom" });
  parts.pivot = [along(540), post];
  const length = 112;
  const from = isIn ? post - length : post;
  draw(parts.boom, "rect", { x: along(540) - 5, y: from, width: 10, height: length, rx: 3 });
  for (let at = 10; at < length - 10; at += 32) draw(parts.boom, "rect", { class: "stripe", x: along(540) - 5, y: from + at, width: 10, height: 16 });
  draw(svg, "circle", { class: "post", cx: along(540), cy: post, r: 13 });
  const side = isIn ? top + 46 : road + 136;
  parts.devices = ["camera", "panel", "reader", "scanner"].filter((kind) => place[kind]).map((kind, at) => [kind, device(svg, kind, along(110 + at * 130), side, isIn)]);
  draw(svg, "rect", { class: "post", x: along(620) - 22, y: side - 16, width: 44, height: 32, rx: 6 });
  parts.red = draw(svg, "circle", { class: "lamp red", cx: along(620) - 10, cy: side, r: 8 });
  parts.green = draw(svg, "circle", { class: "lamp green", cx: along(620) + 10, cy: side, r: 8 });
  draw(svg, "text", { class: "name", x: along(800), y: side + 6, "text-anchor": "middle" }, `${place.name} ${isIn ? "→" : "←"}`);
  parts.along = along;
  return parts;
}

function drawDoor(stage, place, top) {
  const svg = draw(stage, "g", { transform: `translate(0 ${top})` });
  draw(svg, "rect", { class: "wall", x: 150, y: 14, width: 660, height: 216 });
  for (let at = 0; at < 6; at += 1) draw(svg, "rect", { class: "window", x: 182 + at * 106, y: 30, width: 68, height: 44 });
  for (const x of [182, 288, 606, 712]) draw(svg, "rect", { class: "window", x, y: 98, width: 68, height: 44 });
  draw(svg, "rect", { class: "hole", x: 438, y: 98, width: 84, height: 132 });
  const leaf = draw(svg, "rect", { class: "leaf", x: 442, y: 102, width: 76, height: 128 });
  const devices = ["panel", "reader"].filter((kind) => place[kind]).map((kind, at) => [kind, device(svg, kind, at ? 616 : 344, 178, false)]);
  draw(svg, "text", { class: "name", x: 886, y: 130, "text-anchor": "middle" }, place.name.split(" ")[0]);
  return { leaf, devices };
}

/** The box and the cloud, and what lies between. */
function drawLink(svg, x) {
  draw(svg, "path", { class: "cloud", d: `M${x - 20} 38 a11 11 0 0 1 2 -22 a15 15 0 0 1 29 -2 a12 12 0 0 1 8 24 z` });
  const wire = draw(svg, "line", { class: "wire", x1: x, x2: x, y1: 38, y2: 58 });
  draw(svg, "rect", { class: "cloud", x: x - 15, y: 58, width: 30, height: 20, rx: 3 });
  return wire;
}

function drawSite(site) {
  const t = words();
  const lanes = site.places.filter(({ kind }) => kind === "lane");
  const doors = site.places.filter(({ kind }) => kind === "door");
  const kerb = lanes.at(-1)?.direction === "in" ? 16 : 0; // the post of a last lane reaches beyond it
  const height = lanes.length * 196 + kerb + doors.length * 246;
  const svg = draw(document.createDocumentFragment(), "svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": say(t.drawing, { what: site.name }) });
  const bars = make("header", {}, make("h2", {}, site.name));
  const stage = make("section", { class: "stage", "aria-label": site.name }, bars, svg);
  const kept = { site, stage, toggles: [] };
  const base = `/sites/${site.key}`;
  if (site.fire) {
    const { line, unit, input } = site.fire;
    const alarm = toggle(t.fire, (closed) => act(t.fire, `${base}/lines/${line}/relays/${unit}/input`, { input, closed }));
    kept.toggles.push([alarm, (now) => now.relays.find((each) => each.line === line && each.unit === unit).inputs[input]]);
    bars.append(alarm);
  }
  for (const line of site.lines) {
    const cut = toggle(t.line, (off) => act(t.line, `${base}/lines/${line}/trouble`, { fault: off ? "silent" : "none" }));
    kept.toggles.push([cut, (now) => now.lines[line].fault !== "none"]);
    bars.append(cut);
  }
  let top = 0;
  for (const place of [...lanes, ...doors]) {
    if (place === doors[0]) top += kerb;
    const parts = place.kind === "lane" ? drawLane(svg, place, top) : drawDoor(svg, place, top);
    top += place.kind === "lane" ? 196 : 246;
    const entry = { site, place, parts };
    drawn.push(entry);
    Object.assign(entry, controls(site, place, drawn.length - 1));
    entry.toggles.push(...kept.toggles.splice(0));
  }
  kept.link = drawLink(svg, lanes.length ? 900 : 74);
  if (site.fire) kept.bell = draw(svg, "rect", { class: "bell", x: 3, y: 3, width: WIDTH - 6, height: height - 6, rx: 6 });
  Object.assign(drawn.at(-1), { bell: kept.bell, link: kept.link });
  document.querySelector("#site").append(stage);
}

/* What is seen */

const light = (node, isOn) => node.classList.toggle("on", Boolean(isOn));

function showCar({ parts }, car) {
  const places = { coming: 370, waiting: 370, passing: 720, leaving: 1060, backing: -100 };
  const node = parts.car;
  if (!car) {
    node.setAttribute("visibility", "hidden");
    node.style.transitionDuration = "0s";
    node.style.transform = `translate(${parts.along(-100)}px, 0)`;
    return;
  }
  if (node.getAttribute("visibility") === "hidden") {
    node.style.transform = `translate(${parts.along(car.phase === "coming" ? -100 : places[car.phase])}px, 0)`;
    node.setAttribute("visibility", "visible");
    node.getBoundingClientRect();
  }
  parts.plate.textContent = car.plate;
  node.style.transitionDuration = `${SECONDS[car.phase]}s`;
  node.style.transform = `translate(${parts.along(places[car.phase])}px, 0)`;
  node.dataset.phase = car.phase;
}

function showLane(entry, site) {
  const { parts, place } = entry;
  const barrier = site.barriers[place.barrier];
  const { car } = site.lanes[place.lane];
  const [x, y] = parts.pivot;
  parts.boom.style.transformOrigin = `${x}px ${y}px`;
  parts.boom.style.transform = `rotate(${barrier.place * OPEN_DEGREES}deg)`;
  parts.boom.dataset.place = String(barrier.place);
  light(parts.approach, car && car.phase === "waiting");
  light(parts.loop, barrier.occupied);
  light(parts.beam, barrier.occupied || barrier.blocked);
  light(parts.red, barrier.light?.includes("red"));
  light(parts.green, barrier.light?.includes("green"));
  showCar(entry, car);
}

function statesOf({ place }, site) {
  const t = words();
  const barrier = site.barriers[place.barrier];
  const tone = { open: "good", closed: "", stopped: "bad" }[barrier.state] ?? "warn";
  const told = [[place.lane ? t.barrier : t.door, (place.lane ? t.states : t.doors)[barrier.state] ?? barrier.state, tone]];
  if (place.lane) {
    const { car } = site.lanes[place.lane];
    if (barrier.light !== null) told.push([t.light, t.lights[barrier.light], { green: "good", red: "bad" }[barrier.light] ?? ""]);
    told.push([t.loop, barrier.occupied ? t.taken : t.free, barrier.occupied ? "warn" : ""]);
    told.push([t.photocell, barrier.occupied || barrier.blocked ? t.blocked : t.clear, barrier.occupied || barrier.blocked ? "warn" : ""]);
    told.push([t.car, car ? `${car.plate}, ${t.phases[car.phase]}${car.fault ? ` (${car.fault})` : ""}` : t.nobody, ""]);
  }
  if (place.reader && !site.readers[place.reader].online) told.push([t.reader, t.offline, "bad"]);
  if (place.scanner && !site.scanners[place.scanner].listened_to) told.push([t.scanner, t.offline, "bad"]);
  return told;
}

function showStates(list, told) {
  const key = JSON.stringify(told);
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...told.map(([name, word, tone]) => make("li", {}, `${name}: `, make("b", { class: tone }, word))));
}

function cardOf(bits) {
  return bits.length === 26 ? `${String(parseInt(bits.slice(1, 9), 2)).padStart(3, "0")},${String(parseInt(bits.slice(9, 25), 2)).padStart(5, "0")}` : bits;
}

function worded(site, entry) {
  const t = words();
  const place = site.places.find((each) => [each.barrier, each.lane, each.reader, each.scanner, each.camera, each.panel].includes(entry.barrier ?? entry.lane ?? deviceOf(entry)));
  const name = place?.name ?? "";
  if (entry.kind === "arm") return `${name}: ${place?.lane ? `${t.barrier.toLowerCase()} ${t.states[entry.state]}` : `${t.door.toLowerCase()} ${t.doors[entry.state] ?? entry.state}`}`;
  if (entry.kind === "car") return `${name}: ${entry.plate} ${t.phases[entry.phase]}`;
  if (entry.kind === "hand") {
    const [what, value] = Object.entries(entry).find(([key]) => key in t.hands) ?? ["go_through", ""];
    return `${name}: ${say(t.hands[what], { value: typeof value === "boolean" ? (value ? t.yes : t.no) : value })}`;
  }
  return `${name}: ${say(t.log[entry.kind] ?? entry.kind, { ...entry, card: entry.bits ? cardOf(entry.bits) : "" })}`;
}

function showJournal(now) {
  const entries = scene.sites.flatMap((site) => now[site.key].log.map((entry) => ({ at: entry.wall_ns / 1e6, text: worded(site, entry) })));
  entries.sort((one, other) => other.at - one.at);
  const list = document.querySelector("#entries");
  const key = JSON.stringify(entries.slice(0, 9));
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  list.replaceChildren(...entries.slice(0, 9).map(({ at, text }) => make("li", {}, make("time", {}, clock.format(at)), text)));
}

const deviceOf = (entry) => entry.reader ?? entry.scanner ?? entry.camera ?? entry.panel ?? entry.device;

/** A device at which something has just happened says so for a moment. */
function flash(now) {
  for (const { key } of scene.sites) {
    const fresh = now[key].log.filter(({ n }) => n > (told[key] ?? Infinity));
    told[key] = now[key].log[0]?.n ?? 0;
    for (const { place, parts } of drawn.filter(({ site }) => site.key === key)) {
      for (const [kind, node] of parts.devices) {
        if (!fresh.some((entry) => deviceOf(entry) === place[kind])) continue;
        node.classList.remove("busy");
        node.getBoundingClientRect();
        node.classList.add("busy");
      }
    }
  }
}

function show(now) {
  seen = now;
  for (const entry of drawn) {
    const site = now[entry.site.key];
    if (entry.place.kind === "lane") showLane(entry, site);
    else {
      entry.parts.leaf.style.transformOrigin = "442px 166px";
      entry.parts.leaf.style.transform = `scaleX(${1 - 0.75 * site.barriers[entry.place.barrier].place})`;
    }
    for (const [kind, node] of entry.parts.devices) {
      const is = { reader: () => site.readers[entry.place.reader].plugged, scanner: () => site.scanners[entry.place.scanner].plugged, panel: () => site.panels[entry.place.panel].fault === "none" }[kind];
      node.classList.toggle("off", is ? !is() : false);
    }
    for (const [button, isOn] of entry.toggles) press(button, isOn(site));
    showStates(entry.states, statesOf(entry, site));
    if (entry.bell) light(entry.bell, site.relays.find(({ line, unit }) => line === entry.site.fire.line && unit === entry.site.fire.unit).inputs[entry.site.fire.input]);
  }
  flash(now);
  showJournal(now);
}

/* The page */

function build() {
  const t = words();
  const chosen = Number(location.hash.replace("#place-", "")) || 0;
  document.documentElement.lang = language;
  document.title = t.title;
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = t[node.dataset.word];
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t[node.dataset.label]);
  document.querySelector("#language").textContent = t.other;
  document.querySelector("#language").lang = language === "ru" ? "en" : "ru";
  document.querySelector("#links").replaceChildren(...scene.links.map(({ name, url }) => make("a", { href: url, target: "_blank", rel: "noopener" }, name[language])));
  for (const part of ["#site", "#tabs", "#panels", "#entries"]) document.querySelector(part).replaceChildren();
  delete document.querySelector("#entries").dataset.key;
  drawn.length = 0;
  scene.sites.forEach(drawSite);
  document.querySelector("#panels").append(make("datalist", { id: "plates" }, ...scene.plates.map(({ plate, note }) => make("option", { value: plate }, note))));
  choose(Math.min(chosen, drawn.length - 1));
  tell("");
  showUplink(isCut);
  if (seen) show(seen);
}

function follow() {
  const source = new EventSource("/live");
  const lost = document.querySelector("#lost");
  source.addEventListener("message", ({ data }) => {
    lost.hidden = true;
    show(JSON.parse(data));
  });
  source.addEventListener("error", () => {
    lost.textContent = words().lost;
    lost.hidden = false;
  });
}

async function begin() {
  scene = await (await fetch("/scene")).json();
  build();
  document.querySelector("#language").addEventListener("click", () => {
    language = language === "ru" ? "en" : "ru";
    localStorage["polygon.language"] = language;
    build();
  });
  document.querySelector("#uplink").addEventListener("click", turnUplink);
  if (scene.can_cut) {
    askUplink();
    setInterval(askUplink, 3000);
  }
  follow();
}

begin();
