import type { Bank } from '../../bank.ts';
import { html, type Html } from '../../portal/html.ts';
import type { Language } from '../../portal/words.ts';
import { seedScript } from './seed-script.ts';
import { seedStyle } from './seed-style.ts';
import { seedWords } from './seed-words.ts';

// Made apart from the template: their hashes are in the policy, so not one space may change.
const styleElement: Html = { html: `<style>${seedStyle}</style>` };
const scriptElement: Html = { html: `<script type="module">${seedScript}</script>` };

/** The page's frame and words; its script fills in how the keys stand. */
export const seedPage = ({ identity, training }: Bank, language: Language): string => {
  const words = seedWords[language];
  const other: Language = language === 'en' ? 'zh-CN' : 'en';
  const name = language === 'en' ? identity.bankNameLatin.replace(/ \(.*\)$/, '') : identity.bankName;
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${words.title} · ${name}</title>
        ${styleElement}
      </head>
      <body data-words="${JSON.stringify(words)}">
        ${training ? html`<div class="training">${words.training}</div>` : undefined}
        <div class="page">
          <header>
            <strong>${name}</strong>
            <a href="/?lang=${other}" lang="${other}">${words.otherLanguage}</a>
          </header>
          <h1>${words.title}</h1>
          <p>${words.intro}</p>
          <main id="operators"></main>
        </div>
        <template id="operator">
          <section>
            <h2></h2>
            <form class="asking">
              <p class="asks"></p>
              <div class="parts" aria-hidden="true"><i></i><i></i></div>
              <p class="notice first"></p>
              <label>${words.card}<input type="file" name="card" accept="application/json,.json" /></label>
              <label
                >${words.pin}<input type="password" name="pin" autocomplete="off" inputmode="numeric"
              /></label>
              <label for="seed">${words.seed}</label>
              <div class="seed">
                <input id="seed" name="seed" autocomplete="off" spellcheck="false" />
                <button class="quiet draw" type="button">${words.draw}</button>
              </div>
              <button class="enter" type="submit">${words.enter}</button>
            </form>
            <p class="notice said" role="status"></p>
            <h2 class="epochs">${words.epochs}</h2>
            <ul></ul>
          </section>
        </template>
        ${scriptElement}
      </body>
    </html>`.html;
};
