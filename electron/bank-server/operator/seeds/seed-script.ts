/**
 * The seed page's script: opens the employee's card file under its PIN, signs the seed with it, and sends both.
 * Seed, PIN and key leave the page's memory with the entry. The statement is that of `seedStatement`.
 */
export const seedScript = String.raw`
const words = JSON.parse(document.body.dataset.words);
const put = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
const hex = (buffer) => [...new Uint8Array(buffer)].map((b) => b.toString(16).padStart(2, '0')).join('');

const openCard = async (card, pin) => {
  const { subtle } = crypto;
  const base = await subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, ['deriveKey']);
  const derivation = { name: 'PBKDF2', hash: 'SHA-256', salt: bytes(card.salt), iterations: card.iterations };
  const key = await subtle.deriveKey(derivation, base, { name: 'AES-GCM', length: 256 }, false, ['decrypt']);
  const pkcs8 = await subtle.decrypt({ name: 'AES-GCM', iv: bytes(card.nonce) }, key, bytes(card.key));
  return subtle.importKey('pkcs8', pkcs8, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
};

// r | s as the SEQUENCE of two INTEGERs that certificates use
const derOf = (signature) => {
  const integer = (part) => {
    let at = 0;
    while (at < 31 && part[at] === 0) at++;
    const value = [...(part[at] >= 128 ? [0] : []), ...part.slice(at)];
    return [2, value.length, ...value];
  };
  const both = [...integer(signature.slice(0, 32)), ...integer(signature.slice(32))];
  return btoa(String.fromCharCode(48, both.length, ...both));
};

const sign = async (key, bankId, operatorId, { epoch, part }, seed) => {
  const digest = hex(await crypto.subtle.digest('SHA-256', Uint8Array.from(seed.match(/../g), (two) => parseInt(two, 16))));
  const statement = JSON.stringify(['cardwright-seed/v1', bankId, operatorId, epoch, part, digest]);
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
  return derOf(new Uint8Array(await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(statement))));
};

const show = (state, said) => {
  const main = document.getElementById('operators');
  main.replaceChildren(...state.operators.map((operator) => {
    const section = document.getElementById('operator').content.cloneNode(true).firstElementChild;
    const find = (selector) => section.querySelector(selector);
    const { next } = operator;
    find('h2').append(operator.name, Object.assign(document.createElement('small'), { textContent: operator.operatorId }));
    find('.asking').hidden = !next;
    if (next) {
      find('.asks').textContent = put(words.asks, next);
      find('.parts').children[0].className = 'on';
      if (next.part === 2) find('.parts').children[1].className = 'on';
      if (operator.firstBy) find('.first').textContent = put(words.firstBy, { officer: operator.firstBy });
    }
    find('.said').textContent = said ?? (next ? '' : words.waiting);
    const list = operator.epochs.map(({ epoch, state }) => {
      const item = document.createElement('li');
      item.className = state;
      item.append(...[put(words.epoch, { epoch }), words.states[state]].map((text) => Object.assign(document.createElement('span'), { textContent: text })));
      return item;
    });
    find('ul').append(...(list.length ? list : [Object.assign(document.createElement('li'), { textContent: words.none })]));
    find('.draw').onclick = () => { find('[name=seed]').value = hex(crypto.getRandomValues(new Uint8Array(32))); };
    find('.asking').onsubmit = (event) => {
      event.preventDefault();
      enter(state, operator, find);
    };
    return section;
  }));
};

const enter = async (state, operator, find) => {
  const said = find('.said');
  const refuse = (problem) => {
    said.className = 'notice said stop';
    said.textContent = words.problems[problem] ?? words.problems.other;
  };
  const button = find('.enter');
  button.disabled = true;
  try {
    const seed = find('[name=seed]').value.replace(/\s/g, '').toLowerCase();
    const file = find('[name=card]').files[0];
    let card;
    try { card = JSON.parse(await file.text()); } catch { return refuse('card'); }
    if (!card.officerId || !card.key) return refuse('card');
    if (!/^[0-9a-f]{64}$/.test(seed)) return refuse('seed');
    let key;
    try { key = await openCard(card, find('[name=pin]').value); } catch { return refuse('pin'); }
    const { operatorId, next } = operator;
    const signature = await sign(key, state.bankId, operatorId, next, seed);
    const body = JSON.stringify({ operatorId, ...next, seed, officerId: card.officerId, signature });
    const answer = await fetch('/seeds', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    const reply = await answer.json();
    if (!answer.ok) {
      if (reply.fault?.data?.reason === 'order') show(await (await fetch('/state')).json(), words.problems.order);
      else refuse(reply.fault?.data?.reason);
      return;
    }
    const arrived = reply.delivered && next.part === 2;
    show(reply.state, put(arrived ? words.arrived : words.done, next));
  } catch {
    refuse('other');
  } finally {
    button.disabled = false;
  }
};

show(await (await fetch('/state')).json());
`.trim();
