import { createHash } from 'node:crypto';

/** Paper and ink, one accent; no font, no picture and no script to fetch. */
export const style = `
:root{color-scheme:light dark;--paper:#faf8f3;--card:#fffdf9;--ink:#14211f;--soft:#586663;--line:#e3ded2;
--accent:#0f6e63;--accent-down:#0a564d;--on-accent:#fff;--tint:#e7f0ec;--amber:#835400;--amber-tint:#f8eed8;
--stop:#ad3018;--stop-tint:#f9e7e1;--shadow:0 1px 2px rgb(20 33 31/6%),0 12px 32px -16px rgb(20 33 31/18%)}
@media(prefers-color-scheme:dark){:root{--paper:#161a1a;--card:#1f2524;--ink:#e9ece7;--soft:#a0aca8;--line:#313937;
--accent:#4fb8a8;--accent-down:#6bcabb;--on-accent:#06201c;--tint:#1e312d;--amber:#e3b45c;--amber-tint:#322a19;
--stop:#f18a72;--stop-tint:#35221d;--shadow:none}}
*{box-sizing:border-box;margin:0}
html{height:100%;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{min-height:100%;background:var(--paper);color:var(--ink);font:400 1.0625rem/1.55 'Inter Variable',Inter,-apple-system,
'PingFang SC','HarmonyOS Sans SC',MiSans,'Noto Sans SC Variable','Noto Sans SC','Noto Sans CJK SC','Microsoft YaHei',
system-ui,sans-serif;font-variant-numeric:tabular-nums}
.training{padding:.4rem 1rem;text-align:center;font-size:.8125rem;font-weight:600;letter-spacing:.04em;color:var(--amber);
background:repeating-linear-gradient(-45deg,var(--amber-tint) 0 10px,transparent 10px 20px);border-bottom:1px solid var(--line)}
.page{display:flex;flex-direction:column;max-width:27rem;margin:0 auto;min-height:calc(100dvh - 2.1rem);
padding:1.25rem max(1.25rem,env(safe-area-inset-right)) 1.5rem max(1.25rem,env(safe-area-inset-left))}
header{display:flex;align-items:center;gap:.75rem}
header svg{width:2.5rem;height:2.5rem;flex:none}
.bank{font-weight:650;line-height:1.2}.bank small{display:block;font-weight:400;font-size:.8125rem;color:var(--soft)}
.language{margin-left:auto;padding:.5rem .75rem;border-radius:12px;color:var(--soft);text-decoration:none;font-size:.9375rem}
.language:hover{color:var(--ink);background:var(--tint)}
main{flex:1;padding:2.25rem 0 1.5rem}
h1{font-size:1.75rem;line-height:1.2;font-weight:650;letter-spacing:-.01em;text-wrap:balance}
h2{font-size:1.0625rem;font-weight:650}
p{color:var(--soft);text-wrap:pretty}h1+p{margin-top:.5rem}
.seal{margin:1.5rem 0;padding:1.125rem 1.25rem;border-radius:12px;background:var(--tint)}
.seal .name{font-size:1.625rem;font-weight:650;line-height:1.25;color:var(--accent);overflow-wrap:anywhere}
.seal span{font-size:.875rem;color:var(--soft)}.seal p{margin-top:.5rem;font-size:.875rem;line-height:1.45}
.seal>p:only-child{margin:0;font-size:1rem;color:var(--ink)}
label{display:block;font-weight:600;margin-bottom:.5rem}
input:not([type=radio]){width:100%;height:3.5rem;padding:0 1rem;font:inherit;font-size:1.25rem;color:var(--ink);
background:var(--card);border:1.5px solid var(--line);border-radius:12px}
input:not([type=radio]):focus{outline:3px solid color-mix(in srgb,var(--accent) 30%,transparent);border-color:var(--accent)}
.wrong input[type=password]{border-color:var(--stop)}
button,.button{display:block;width:100%;min-height:3.5rem;margin-top:1.25rem;padding:.875rem 1rem;font:inherit;font-size:1.125rem;
font-weight:600;text-align:center;text-decoration:none;color:var(--on-accent);background:var(--accent);border:0;border-radius:12px;cursor:pointer}
button:hover,.button:hover{background:var(--accent-down)}
button:focus-visible,a:focus-visible{outline:3px solid color-mix(in srgb,var(--accent) 45%,transparent);outline-offset:2px}
.quiet{margin-top:1.75rem;color:var(--ink);background:transparent;border:1.5px solid var(--line)}.quiet:hover{background:var(--tint)}
.notice{display:flex;gap:.75rem;margin:0 0 1.25rem;padding:.875rem 1rem;border-radius:12px;font-size:.9375rem;line-height:1.45}
.notice svg{width:1.25rem;height:1.25rem;flex:none;margin-top:.1rem}.notice p{color:inherit}
.notice.stop{color:var(--stop);background:var(--stop-tint)}.notice.careful{color:var(--amber);background:var(--amber-tint)}
.mark{width:4rem;height:4rem;margin-bottom:1.25rem}.mark.stop{color:var(--stop)}.mark.careful{color:var(--amber)}.mark.good{color:var(--accent)}
dl{margin-top:.75rem;border-top:1px solid var(--line)}
dl div{padding:.875rem 0;border-bottom:1px solid var(--line)}
dt{font-size:.875rem;color:var(--soft)}dd{margin:.125rem 0 0;font-weight:500}
.accounts{list-style:none;padding:0;margin:1.5rem 0 2rem;display:grid;gap:.75rem}
.account{display:block;color:inherit;text-decoration:none;padding:1.125rem 1.25rem;border-radius:12px;background:var(--card);border:1px solid var(--line);box-shadow:var(--shadow)}
.account .top{display:flex;justify-content:space-between;gap:1rem;font-size:.9375rem;color:var(--soft)}
.account .balance{display:block;margin-top:.25rem;font-size:1.625rem;font-weight:650;letter-spacing:-.01em}
.account .more{display:block;margin-top:.5rem;font-size:.875rem;color:var(--accent)}.account .more::after{content:' ›'}
.accounts li:first-child .account{background:linear-gradient(140deg,#0f6e63,#0a4b44);border-color:transparent;color:#fff}
.accounts li:first-child :is(.top,.more){color:#cfe6e0}
.apart{margin-top:2.5rem}.figure{font-size:2rem;font-weight:650;letter-spacing:-.015em;line-height:1.25;color:var(--ink)}
h1.figure{margin:.25rem 0 0;font-size:2.25rem}.seal .figure{margin-top:.25rem}
.fields{margin-top:1.5rem}.fields>label{margin-top:1.25rem}label small,legend small{font-weight:400;color:var(--soft)}
.fields input.mono{font-size:1.125rem}.fields input.large{font-size:1.625rem;font-weight:650}
fieldset{border:0;padding:0;display:grid;gap:.5rem}legend{font-weight:600;margin-bottom:.5rem}
.choice{display:flex;align-items:center;gap:.875rem;margin:0;padding:.75rem 1rem;font-weight:400;background:var(--card);
border:1.5px solid var(--line);border-radius:12px}.choice:has(:checked){border-color:var(--accent);background:var(--tint)}
.choice input{width:1.25rem;height:1.25rem;flex:none;accent-color:var(--accent)}.choice strong{display:block}
.movements{list-style:none;padding:0;margin:1.5rem 0 0;border-top:1px solid var(--line)}
.movements li{display:flex;justify-content:space-between;gap:1rem;padding:.875rem 0;border-bottom:1px solid var(--line)}
.movements small{display:block;font-size:.8125rem;line-height:1.45;color:var(--soft)}.sum{flex:none;font-weight:600}.sum.in{color:var(--accent)}
.steps{margin:1.5rem 0 0;padding:0;list-style:none;counter-reset:step}.steps li{position:relative;counter-increment:step;padding:.5rem 0 .5rem 2.5rem}
.steps li::before{content:counter(step);position:absolute;left:0;top:.5rem;width:1.625rem;height:1.625rem;line-height:1.625rem;border-radius:50%;
text-align:center;font-size:.875rem;font-weight:600;color:var(--accent);background:var(--tint)}
.quiet-line{margin-top:1rem;font-size:.9375rem}.mono.seal-text{white-space:normal;font-size:.8125rem;line-height:1.5;color:var(--soft)}
.mono{font-family:'JetBrains Mono',ui-monospace,'SF Mono',Menlo,Consolas,monospace;font-size:.9375em;white-space:nowrap}
footer{padding-top:1rem;border-top:1px solid var(--line);font-size:.8125rem;line-height:1.5;color:var(--soft)}
footer p{color:inherit}footer .mono{overflow-wrap:anywhere;white-space:normal}
@media(prefers-reduced-motion:no-preference){button,.button,.language,input{transition:background .14s,border-color .14s}}
`.trim();

/** For the Content-Security-Policy: this style and no other. */
export const styleHash = `sha256-${createHash('sha256').update(style).digest('base64')}`;
