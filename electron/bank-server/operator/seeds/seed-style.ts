/** The bank's paper and ink, for a desk: `portal/style.ts` is the same for a phone. */
export const seedStyle = `
:root{color-scheme:light dark;--paper:#faf8f3;--card:#fffdf9;--ink:#14211f;--soft:#586663;--line:#e3ded2;--accent:#0f6e63;
--accent-down:#0a564d;--on-accent:#fff;--tint:#e7f0ec;--amber:#835400;--amber-tint:#f8eed8;--stop:#ad3018;--stop-tint:#f9e7e1}
@media(prefers-color-scheme:dark){:root{--paper:#161a1a;--card:#1f2524;--ink:#e9ece7;--soft:#a0aca8;--line:#313937;--accent:#4fb8a8;
--accent-down:#6bcabb;--on-accent:#06201c;--tint:#1e312d;--amber:#e3b45c;--amber-tint:#322a19;--stop:#f18a72;--stop-tint:#35221d}}
*{box-sizing:border-box;margin:0}
body{min-height:100vh;background:var(--paper);color:var(--ink);font:400 1rem/1.55 system-ui,-apple-system,'PingFang SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif;font-variant-numeric:tabular-nums}
.training{padding:.4rem 1rem;text-align:center;font-size:.8125rem;font-weight:600;letter-spacing:.04em;color:var(--amber);
background:repeating-linear-gradient(-45deg,var(--amber-tint) 0 10px,transparent 10px 20px);border-bottom:1px solid var(--line)}
.page{max-width:46rem;margin:0 auto;padding:2rem 1.5rem 3rem}
header{display:flex;justify-content:space-between;align-items:baseline;gap:1rem;color:var(--soft)}
header strong{color:var(--ink)}header a{color:var(--accent)}
h1{margin-top:1.75rem;font-size:1.875rem;line-height:1.2;font-weight:650;letter-spacing:-.01em}
h1+p{margin-top:.5rem;color:var(--soft);max-width:36rem;text-wrap:pretty}
section{margin-top:1.75rem;padding:1.5rem;background:var(--card);border:1px solid var(--line);border-radius:16px}
h2{font-size:1.125rem;font-weight:650}h2 small{margin-left:.5rem;font-weight:400;color:var(--soft)}
.asks{margin:.5rem 0 1.25rem;font-size:1.25rem;font-weight:600;color:var(--accent)}
.parts{display:flex;gap:.375rem;margin-bottom:.75rem}.parts i{flex:0 0 4rem;height:.375rem;border-radius:3px;background:var(--line)}
.parts i.on{background:var(--accent)}
label{display:block;margin-top:1rem;font-weight:600;font-size:.9375rem}
input{width:100%;min-height:3rem;margin-top:.375rem;padding:.625rem .875rem;font:inherit;font-weight:400;color:var(--ink);background:var(--paper);border:1.5px solid var(--line);border-radius:12px}
input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid color-mix(in srgb,var(--accent) 40%,transparent);outline-offset:1px;border-color:var(--accent)}
.seed{display:flex;gap:.75rem;align-items:stretch}.seed input{font-family:'JetBrains Mono',ui-monospace,Menlo,Consolas,monospace;font-size:.875rem}
button{min-height:3rem;padding:.625rem 1.25rem;font:inherit;font-weight:600;border-radius:12px;border:0;cursor:pointer;color:var(--on-accent);background:var(--accent)}
button:hover{background:var(--accent-down)}button:disabled{opacity:.5;cursor:default}
.enter{margin-top:1.5rem;width:100%;font-size:1.0625rem}
.quiet{flex:none;margin-top:.375rem;color:var(--ink);background:transparent;border:1.5px solid var(--line)}.quiet:hover{background:var(--tint)}
.notice{margin-top:1rem;padding:.75rem 1rem;border-radius:12px;background:var(--tint);text-wrap:pretty}.notice.stop{color:var(--stop);background:var(--stop-tint)}
.notice:empty{display:none}
.epochs{margin-top:2rem}
ul{list-style:none;padding:0;margin-top:.75rem}li{display:flex;justify-content:space-between;padding:.625rem 0;border-top:1px solid var(--line)}
li.active span:last-child{color:var(--accent);font-weight:600}
`.trim();
