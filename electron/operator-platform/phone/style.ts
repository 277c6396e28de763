/** The one style sheet of the phone's pages: no script, light and dark by the phone's setting. */
export const style = `
:root {
  --paper: #faf8f3; --sheet: #fffdf8; --ink: #14211f; --soft: #55635f; --line: #e2ddd0;
  --teal: #0f6e63; --teal-ink: #ffffff; --teal-wash: #e3f0ec;
  --careful: #8a5a00; --careful-wash: #fbf0d9; --stop: #a8321b; --stop-wash: #fbe7e1;
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16191a; --sheet: #1e2324; --ink: #e9ece8; --soft: #9fada8; --line: #343b3b;
    --teal: #5cc2b1; --teal-ink: #0c1a18; --teal-wash: #1d3431;
    --careful: #f0bd62; --careful-wash: #362b16; --stop: #f49b86; --stop-wash: #3a221c;
  }
}
* { box-sizing: border-box; margin: 0; }
html { -webkit-text-size-adjust: 100%; }
body {
  background: var(--paper); color: var(--ink); min-height: 100vh; min-height: 100dvh;
  font: 17px/1.55 Inter, "Noto Sans SC Variable", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif;
  font-variant-numeric: tabular-nums; display: flex; flex-direction: column;
}
.training {
  font-size: 13px; font-weight: 600; text-align: center; padding: 4px 16px; color: var(--careful);
  background: repeating-linear-gradient(-45deg, var(--careful-wash) 0 12px, transparent 12px 24px);
}
header { display: flex; align-items: center; gap: 12px; padding: 16px 20px; width: 100%; max-width: 448px; margin: 0 auto; }
header .mark { width: 32px; height: 32px; color: var(--teal); flex: none; }
header .who { flex: 1; min-width: 0; line-height: 1.25; }
header .who strong { display: block; font-weight: 650; }
header .who span { color: var(--soft); font-size: 14px; }
main { flex: 1; width: 100%; max-width: 448px; margin: 0 auto; padding: 8px 20px 40px; }
h1 { font-size: 27px; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; margin: 8px 0; text-wrap: balance; }
.lead { color: var(--soft); margin-bottom: 24px; text-wrap: pretty; }
form.plain { display: inline; }
.link {
  background: none; border: 0; color: var(--teal); font: inherit; font-size: 15px; padding: 10px 6px; cursor: pointer;
  text-decoration: underline; text-underline-offset: 3px; text-decoration-thickness: 1px;
}
.steps { display: flex; gap: 6px; margin: 4px 0 20px; padding: 0; list-style: none; }
.steps li { flex: 1; height: 4px; border-radius: 2px; background: var(--line); }
.steps li.done, .steps li.now { background: var(--teal); }
.steps li.now { outline: 3px solid var(--teal-wash); }
.eyebrow { color: var(--soft); font-size: 14px; }
label { display: block; font-weight: 600; font-size: 15px; margin: 20px 0 6px; }
input[type=text], input[type=tel], input[type=password] {
  width: 100%; font: inherit; font-size: 21px; letter-spacing: 0.02em; padding: 13px 16px; color: inherit;
  background: var(--sheet); border: 1.5px solid var(--line); border-radius: 12px;
}
input[type=password] { letter-spacing: 0.3em; }
.amount input { font-size: 34px; font-weight: 600; padding: 14px 16px; }
input:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid var(--teal); outline-offset: 2px; }
.hint { color: var(--soft); font-size: 14px; margin-top: 6px; }
.go {
  display: block; width: 100%; margin-top: 28px; padding: 15px; border: 0; border-radius: 12px; cursor: pointer;
  background: var(--teal); color: var(--teal-ink); font: inherit; font-size: 18px; font-weight: 650; text-align: center;
  text-decoration: none;
}
.go:active { transform: translateY(1px); }
.quiet { display: block; width: 100%; text-align: center; margin-top: 12px; }
.sheet { background: var(--sheet); border: 1px solid var(--line); border-radius: 16px; padding: 18px 20px; margin-top: 16px; }
.sheet .row { display: flex; align-items: center; gap: 12px; }
.sheet .row > :first-child { flex: 1; min-width: 0; }
.sheet .go { margin-top: 16px; padding: 12px; font-size: 17px; }
.name { font-weight: 650; font-size: 19px; line-height: 1.3; }
.mono { font-family: "JetBrains Mono", ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 16px; letter-spacing: 0; }
.pill { font-size: 13px; font-weight: 600; padding: 3px 10px; border-radius: 99px; color: var(--soft); border: 1px solid var(--line); white-space: nowrap; }
.pill.yes { color: var(--teal); background: var(--teal-wash); border-color: transparent; }
.pill.yes::before { content: "✓ "; }
.payee { display: flex; align-items: center; gap: 18px; margin: 10px 0 12px; }
.sheet + h1 { margin-top: 24px; }
.payee .veil { display: flex; gap: 8px; align-items: center; }
.payee .veil i { width: 22px; height: 30px; border-radius: 7px; background: var(--line); }
.payee .last {
  min-width: 56px; height: 64px; padding: 0 8px; border-radius: 14px; display: grid; place-items: center;
  font-size: 34px; font-weight: 650; background: var(--teal-wash); color: var(--teal);
}
dl { margin: 0; }
dl div { display: flex; justify-content: space-between; gap: 12px; padding: 12px 0; border-top: 1px solid var(--line); align-items: baseline; }
dl div:first-child { border-top: 0; padding-top: 0; }
dl div:last-child { padding-bottom: 0; }
dt { color: var(--soft); font-size: 15px; flex: none; }
dd { margin: 0; text-align: right; min-width: 0; }
dd.mono, dd .mono { font-size: 15px; white-space: nowrap; }
dd small { display: block; color: var(--soft); font-size: 14px; }
.total { font-size: 38px; font-weight: 650; letter-spacing: -0.02em; line-height: 1.15; margin: 8px 0 4px; }
.notice { display: flex; gap: 12px; border-radius: 12px; padding: 14px 16px; margin-top: 16px; font-size: 16px; }
.notice svg { width: 22px; height: 22px; flex: none; margin-top: 2px; }
.notice strong { display: block; }
.notice.careful { background: var(--careful-wash); color: var(--careful); }
.notice.stop { background: var(--stop-wash); color: var(--stop); }
.notice p { color: var(--ink); }
.seal { width: 72px; height: 72px; margin: 20px 0 12px; color: var(--teal); display: block; }
.seal.still { color: var(--soft); }
ul.sims { list-style: none; padding: 0; }
@media (prefers-reduced-motion: no-preference) {
  .seal path { stroke-dasharray: 60; animation: draw 180ms ease-out both; }
  @keyframes draw { from { stroke-dashoffset: 60; } to { stroke-dashoffset: 0; } }
}
`;
