// Ranking: in which order entries answer a search. This is `kb/search/ranking.py` once more, where everything is explained;
// change both together: a test compares their answers.

const NAME = 10, ORIGIN = 9, SUMMARY = 8, VARIANT = 6, RELATED = 5, TEXT = 4;
const SAME = 10, BEGUN = 9, INFLECTED = 8, MISTYPED = 7;
const STEM = 5, ENDING = 3, FEW = 5, CUTOFF = 300, PREFERRED = 5, WORDS = "words", TEXTS = "text";
const NONE = { score: 0, matched: "", guess: false };

export const slips = (length) => length < 4 ? 0 : length < 7 ? 1 : length < 12 ? 2 : 3;
const stem = (word) => word.length > 3 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;

// How a text is cut into words that are written in one way, as `kb/naming.py` does it, with its tables.
export class Writing {
  constructor({ letters, spellings }) {
    this.letters = new Map(Object.entries(letters));
    this.spellings = spellings.map(([pattern, right]) => [new RegExp(pattern, "g"), right]);
  }

  words(text) {
    const plain = /^[\x00-\x7f]*$/.test(text) ? text.toLowerCase() : this.plain(text);
    let line = (plain.replace(/['’]/g, "").match(/[\p{L}\p{N}]+[+#]*/gu) ?? []).join(" ");
    for (const [pattern, right] of this.spellings) line = line.replace(pattern, right);
    return line ? line.split(" ") : [];
  }

  plain(text) {
    const letters = [...text.normalize("NFKC").toLowerCase()].map((letter) => this.letters.get(letter) ?? letter);
    return letters.join("").normalize("NFKD").replace(/\p{M}/gu, "");
  }

  key(text) { return this.words(text).join("") || text; }
}

// The number of letters to change, add, leave out or exchange, up to a limit (the optimal string alignment distance).
export function distance(one, other, most) {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let before = [], last = Array.from({ length: other.length + 1 }, (_, j) => j);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= other.length; j++) {
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
      least = Math.min(least, row[j]);
    }
    if (least > most) return most + 1;
    [before, last] = [last, row];
  }
  return last[other.length];
}

function inflected(one, other) {
  if (Math.min(one.length, other.length) < STEM) return false;
  let shared = STEM;
  while (shared < Math.min(one.length, other.length) && one[shared] === other[shared]) shared++;
  return Math.max(one.length, other.length) - shared <= ENDING;
}

class Index {
  constructor(documents, writing, ignored, kinds, texts) {
    Object.assign(this, { documents, ignored, kinds });
    this.names = [];
    this.parts = [];
    this.words = new Map();
    this.referring = documents.map(() => []);
    documents.forEach((document, place) => {
      const said = document.names.map((name) => [name, writing.words(name)]);
      for (const [name, found] of said) {
        const stems = found.map(stem);
        this.names.push({ place, name, stems: stems.map((each) => each + " ").join(""), joined: stems.join("") });
      }
      const telling = said.filter(([name]) => name !== document.id);
      this.parts.push(telling.map(([, found]) => new Set(found.filter((word) => !ignored.has(word)).map(stem))));
      this.add(place, NAME, said.flatMap(([, found]) => found.map(stem)));
      for (const [weight, text] of [[ORIGIN, document.origin], [SUMMARY, document.summary], [VARIANT, document.variants]]) {
        this.add(place, weight, writing.words(text).map(stem));
      }
      for (const other of document.related) this.referring[other].push(place);
      if (texts) this.add(place, TEXT, texts[place].split(" "));
    });
    this.begun = new Map();
    for (const word of this.words.keys()) {
      const start = word.slice(0, STEM);
      if (!this.begun.has(start)) this.begun.set(start, []);
      this.begun.get(start).push(word);
    }
  }

  add(place, weight, stems) {
    for (const word of stems) {
      if (!this.words.has(word)) this.words.set(word, new Map());
      const places = this.words.get(word);
      if (!places.has(place)) places.set(place, weight);
    }
  }

  search(asked) {
    let telling = asked.filter((word) => !this.ignored.has(word));
    if (!telling.length) telling = asked;
    const byName = this.byName(asked.map(stem)), byWords = this.byWords([...new Set(telling.map(stem))]), hits = [];
    this.documents.forEach((document, place) => {
      const one = byName.get(place) ?? NONE, other = byWords.get(place) ?? NONE;
      const fit = one.score >= other.score ? one : other;
      if (fit.score >= CUTOFF) hits.push({ ...fit, document, score: fit.score + PREFERRED * this.kinds[document.kind][1] });
    });
    return hits.sort((one, other) => other.score - one.score);
  }

  byName(asked) {
    const typed = asked.join(""), line = asked.map((word) => word + " ").join(""), found = new Map();
    for (const { place, name, stems, joined } of this.names) {
      let score = 0;
      if (joined === typed) score = 1000;
      else if (typed.length > 1 && joined.startsWith(typed)) {
        score = (stems.startsWith(line) ? 940 : 915) - 4 * Math.min(joined.length - typed.length, 40);
      } else if (joined.length > 2 && typed.startsWith(joined) && /^[0-9]{1,3}$/.test(typed.slice(joined.length))) score = 870;
      if (score > (found.get(place) ?? NONE).score) found.set(place, { score, matched: name, guess: false });
    }
    return found.size ? found : this.bySlips(typed);
  }

  bySlips(typed) {
    const most = slips(typed.length), found = new Map();
    for (const { place, name, joined } of most ? this.names : []) {
      const wrong = distance(typed, joined, most), score = 960 - 60 * wrong;
      if (wrong <= most && score > (found.get(place) ?? NONE).score) found.set(place, { score, matched: name, guess: true });
    }
    return found;
  }

  byWords(asked) {
    const sums = new Map(), mistyped = new Set(), known = new Set();
    let total = 0;
    for (const word of asked) {
      const best = new Map(), forms = this.forms(word);
      for (const [form, fit] of forms) {
        known.add(form);
        for (const [place, weight] of this.words.get(form)) {
          if (fit === MISTYPED && weight < ORIGIN) continue;
          best.set(place, Math.max(weight * fit, best.get(place) ?? 0));
          if (weight !== NAME || fit === MISTYPED) continue;
          for (const other of this.referring[place]) best.set(other, Math.max(RELATED * fit, best.get(other) ?? 0));
        }
      }
      const rarity = Math.max(1, 32 - Math.clz32(Math.floor(this.documents.length / (1 + best.size))));
      total += rarity;
      for (const [place, score] of best) {
        const sum = sums.get(place) ?? { score: 0, present: 0, shallow: 0 };
        sum.score += rarity * score;
        sum.present += rarity;
        if (score > SAME * TEXT) sum.shallow += rarity;
        sums.set(place, sum);
        if (forms[0][1] === MISTYPED) mistyped.add(place);
      }
    }
    const found = new Map();
    for (const [place, { score, present, shallow }] of sums) {
      if (2 * present < total) continue;
      const mean = Math.floor(score / total), share = this.shareOfAName(place, known, asked.length);
      found.set(place, { score: mean * 8 + Math.floor(mean * share / 100), matched: 2 * shallow >= total ? WORDS : TEXTS,
        guess: mistyped.has(place) });
    }
    return found;
  }

  forms(word) {
    const start = this.begun.get(word.slice(0, STEM)) ?? [];
    const near = word.length >= STEM ? start : word.length > 2 ? [...this.words.keys()] : [];
    const found = this.words.has(word) ? [[word, SAME]] : [];
    for (const known of near) if (known !== word && known.startsWith(word)) found.push([known, BEGUN]);
    for (const known of start) if (!known.startsWith(word) && inflected(word, known)) found.push([known, INFLECTED]);
    const most = slips(word.length);
    if (!found.length && most) for (const known of this.words.keys()) if (distance(word, known, most) <= most) found.push([known, MISTYPED]);
    return found;
  }

  shareOfAName(place, known, asked) {
    let most = 0;
    for (const parts of this.parts[place]) {
      const shared = [...parts].filter((part) => known.has(part)).length;
      most = Math.max(most, Math.floor(100 * shared / Math.max(parts.size, asked)));
    }
    return most;
  }
}

// The two tiers of a search: names and summaries, and where these say little, all texts.
export class Searcher {
  constructor(data, askForTexts) {
    const fields = ["id", "kind", "folder", "name", "names", "summary", "origin", "variants", "related"];
    this.writing = new Writing(data);
    this.kinds = data.kinds;
    this.documents = data.entries.map((row) => Object.fromEntries(fields.map((field, index) => [field, row[index]])));
    for (const entry of this.documents) entry.page = `${entry.folder}${entry.id}/`;
    this.made = [this.documents, this.writing, new Set(data.ignored), data.kinds];
    this.index = new Index(...this.made);
    this.askForTexts = askForTexts;
  }

  // The answers of the first tier, and whether the second has to be asked as well.
  first(text) {
    const hits = this.index.search(this.writing.words(text));
    return { hits, few: hits.filter((hit) => !hit.guess).length < FEW };
  }

  async search(text) {
    const { hits, few } = this.first(text);
    if (!few || !this.writing.words(text).length) return hits;
    this.deeper ??= this.askForTexts().then((texts) => new Index(...this.made, texts));
    return (await this.deeper).search(this.writing.words(text));
  }

  // The entries that a name means: that of an id alone, and papers only where nothing else has it.
  meanings(name) {
    const same = this.documents.filter((document) => document.id === name);
    if (same.length) return same;
    const key = this.writing.key(name);
    const found = this.documents.filter((document) => document.names.some((other) => this.writing.key(other) === key));
    const others = found.filter((document) => document.kind !== "paper");
    return others.length ? others : found;
  }
}

// The sentence that says that no entry has a name, and what is shown instead; nothing where one has it.
export function absence(text, hits) {
  if (hits.some((hit) => !hit.guess && hit.matched !== WORDS && hit.matched !== TEXTS)) return "";
  const instead = !hits.length ? ", and none speaks of it." : hits.every((hit) => hit.guess) ? "; these are guesses:" : "; these have its words:";
  return `No entry has the name “${text.trim()}”${instead}`;
}
