// Checks an export of the log with the browser's own SHA-256 and Ed25519: RFC 9162 section 2.1,
// signed notes as in C2SP signed-note. It takes nothing from the console but the export's bytes.

const text = new TextEncoder();
const plain = new TextDecoder("utf-8", { fatal: true });
const NEWLINE = 10;
const AT_ONCE = 512; // hashes that are asked for together

/** What does not fit; `message` says what was got and what is wanted. */
export class Wrong extends Error {}

const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) { whole.set(part, at); at += part.length; }
  return whole;
}

export const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const from64 = (coded) => Uint8Array.from(atob(coded), (c) => c.charCodeAt(0));
const same = (one, other) => one.length === other.length && one.every((b, i) => b === other[i]);

/** SHA-256(0x00 || leaf). */
export const hashLeaf = (leaf) => sha256(joined(Uint8Array.of(0), leaf));
/** SHA-256(0x01 || left || right). */
export const hashNode = (left, right) => sha256(joined(Uint8Array.of(1), left, right));

/** The root of the hashes of leaves, by the roots of complete subtrees, the largest first. */
export class Tree {
  constructor() { this.size = 0; this.subtrees = []; }

  async add(hash) {
    let whole = hash;
    for (let size = this.size; size % 2 === 1; size = Math.floor(size / 2)) {
      whole = await hashNode(this.subtrees.pop(), whole);
    }
    this.subtrees.push(whole);
    this.size += 1;
  }

  async root() {
    if (!this.subtrees.length) return sha256(new Uint8Array());
    let root = this.subtrees.at(-1);
    for (const left of this.subtrees.slice(0, -1).reverse()) root = await hashNode(left, root);
    return root;
  }
}

/** The hashes from a leaf to the root (RFC 9162 2.1.3.1). */
export async function inclusionPath(hashes, index) {
  if (hashes.length <= 1) return [];
  const half = 2 ** (Math.ceil(Math.log2(hashes.length)) - 1);
  const [left, right] = [hashes.slice(0, half), hashes.slice(half)];
  return index < half
    ? [...(await inclusionPath(left, index)), await rootOf(right)]
    : [...(await inclusionPath(right, index - half)), await rootOf(left)];
}

async function rootOf(hashes) {
  const tree = new Tree();
  for (const hash of hashes) await tree.add(hash);
  return tree.root();
}

/** The root that a path leads to from a leaf (RFC 9162 2.1.3.2); null where it has another length. */
export async function rootByPath(hash, index, size, path) {
  let [left, last, root] = [index, size - 1, hash];
  for (const sibling of path) {
    if (last === 0) return null;
    if (left % 2 === 1 || left === last) {
      root = await hashNode(sibling, root);
      while (left % 2 === 0 && left !== 0) { left /= 2; last = Math.floor(last / 2); }
    } else {
      root = await hashNode(root, sibling);
    }
    left = Math.floor(left / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? root : null;
}

/** Read a public key, NAME+KEYID+BASE64. */
export async function readKey(written) {
  const [name, id, ...rest] = written.trim().split("+");
  let bytes;
  try { bytes = from64(rest.join("+")); } catch { bytes = new Uint8Array(); }
  if (bytes.length !== 33 || bytes[0] !== 1) throw new Wrong(`key: got ${written.slice(0, 60)}, want NAME+KEYID+BASE64 of a log`);
  const number = (await sha256(joined(text.encode(`${name}\n`), bytes))).slice(0, 4);
  if (hex(number) !== id) throw new Wrong(`key of ${name}: got the number ${id}, want ${hex(number)}`);
  return { name, id, text: written.trim(), bytes: bytes.slice(1) };
}

/** Read a signed note: its text and its signatures. */
function readNote(note) {
  const end = note.lastIndexOf("\n\n");
  if (end < 0) throw new Wrong("note: got no blank line, want one before the signatures");
  const signatures = note.slice(end + 2).trimEnd().split("\n").map((line) => {
    const [dash, name, coded] = line.split(" ");
    if (dash !== "\u2014" || !coded) throw new Wrong("note: got a line that is no signature");
    const bytes = from64(coded);
    return { name, id: hex(bytes.slice(0, 4)), value: bytes.slice(4) };
  });
  return { text: note.slice(0, end + 1), signatures };
}

/** Tell whether this browser can check Ed25519. */
export async function knowsEd25519() {
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32), { name: "Ed25519" }, false, ["verify"]);
    return true;
  } catch (error) {
    return error.name === "DataError"; // it knows the kind, and dislikes this key
  }
}

async function requireSigned(note, key, what) {
  const mine = note.signatures.filter((s) => s.name === key.name && s.id === key.id);
  if (!mine.length) throw new Wrong(`${what}: got no signature of ${key.name}, want one`);
  const imported = await crypto.subtle.importKey("raw", key.bytes, { name: "Ed25519" }, false, ["verify"]);
  for (const one of mine) {
    if (!(await crypto.subtle.verify({ name: "Ed25519" }, imported, one.value, text.encode(note.text)))) {
      throw new Wrong(`${what}: got a signature that ${key.name} did not make`);
    }
  }
}

const checkpointOf = (note) => {
  const [origin, size, root] = note.text.split("\n");
  return { origin, size: Number(size), root: from64(root), note };
};
const rotationOf = (note) => {
  const [, origin, size, root, key] = note.text.split("\n");
  return { origin, size: Number(size), root: from64(root), key, note };
};

function* linesOf(bytes) {
  let begin = 0;
  while (begin < bytes.length) {
    const end = bytes.indexOf(NEWLINE, begin);
    if (end < 0) throw new Wrong("export: got a last line that does not end, want all of it");
    yield bytes.subarray(begin, end);
    begin = end + 1;
  }
}

/** Split an export into its header, notes, leaves and sum. */
export function readExport(bytes) {
  const lines = [...linesOf(bytes)];
  const read = (line) => JSON.parse(plain.decode(line));
  const header = read(lines[0] ?? text.encode("{}"));
  if (header.format !== "overt-ledger-1") throw new Wrong("export: got another format, want overt-ledger-1");
  const { rotations, checkpoints, leaves } = header;
  if (lines.length !== 2 + rotations + checkpoints + leaves) {
    throw new Wrong(`export: got ${lines.length} lines, want ${2 + rotations + checkpoints + leaves}`);
  }
  const notes = lines.slice(1, 1 + rotations + checkpoints).map(read);
  return {
    header,
    rotations: notes.slice(0, rotations).map((n) => rotationOf(readNote(n.rotation))),
    checkpoints: notes.slice(rotations).map((n) => checkpointOf(readNote(n.checkpoint))),
    leaves: lines.slice(1 + rotations + checkpoints, -1),
  };
}

/**
 * Check an export; throws `Wrong` at the first thing that does not fit.
 * `trusted` is a key got by another way, or ""; `progress` is told how many leaves were hashed.
 */
export async function check(bytes, { trusted = "", progress = () => {} } = {}) {
  const found = readExport(bytes);
  const first = await readKey(found.header.key);
  const keys = [first];
  for (const rotation of found.rotations) keys.push(await readKey(rotation.key));
  if (trusted) {
    const given = await readKey(trusted);
    if (!keys.some((key) => key.text === given.text)) {
      throw new Wrong(`key: got the export of ${keys[0].text}, want one of ${given.text}`);
    }
  }
  const signed = await knowsEd25519();
  const keyAt = (size) => keys[found.rotations.filter((r) => r.size <= size).length];
  if (signed) {
    for (const [n, rotation] of found.rotations.entries()) await requireSigned(rotation.note, keys[n], `change of the key ${n + 1}`);
    for (const one of found.checkpoints) await requireSigned(one.note, keyAt(one.size), `checkpoint of ${one.size}`);
  }
  const wanted = new Map();
  for (const one of [...found.rotations, ...found.checkpoints]) {
    if (one.origin !== found.header.origin) throw new Wrong(`checkpoint: got one of ${one.origin}, want ${found.header.origin}`);
    wanted.set(one.size, [...(wanted.get(one.size) ?? []), one]);
  }
  const hashes = await hashed(found.leaves, wanted, progress);
  const last = found.checkpoints.at(-1);
  if (last.size !== hashes.length) throw new Wrong(`checkpoint: got one of ${last.size} events, want ${hashes.length}`);
  return { ...found, hashes, last, signed, keys };
}

async function hashed(leaves, wanted, progress) {
  const [tree, hashes] = [new Tree(), []];
  for (let from = 0; from < leaves.length; from += AT_ONCE) {
    for (const hash of await Promise.all(leaves.slice(from, from + AT_ONCE).map(hashLeaf))) {
      hashes.push(hash);
      await tree.add(hash);
      for (const one of wanted.get(tree.size) ?? []) {
        const root = await tree.root();
        if (!same(root, one.root)) throw new Wrong(`the first ${tree.size} events: got root ${hex(root)}, want ${hex(one.root)}, which was signed: something was rewritten`);
      }
    }
    progress(hashes.length, leaves.length);
  }
  return hashes;
}

/** Prove that an event (counted from 1) is in the log that the last checkpoint signs. */
export async function prove(checked, sequence) {
  const { hashes, last, leaves } = checked;
  if (!(sequence >= 1 && sequence <= hashes.length)) throw new Wrong(`event: got number ${sequence}, want 1 to ${hashes.length}`);
  const path = await inclusionPath(hashes, sequence - 1);
  const root = await rootByPath(await hashLeaf(leaves[sequence - 1]), sequence - 1, hashes.length, path);
  if (!root || !same(root, last.root)) throw new Wrong(`event ${sequence}: got a path to another root, want ${hex(last.root)}`);
  return { path, event: JSON.parse(plain.decode(leaves[sequence - 1])) };
}
