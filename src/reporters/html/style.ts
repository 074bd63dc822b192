/**
 * The page's only style. Severity colours are apart in lightness as well as in hue (Okabe-Ito order), all
 * text is at least 4.5:1 on its ground in both themes; words and shapes say the same without colour.
 * No `content-visibility`: Chromium takes minutes where a filter hides thousands of rows inside it.
 */
export const STYLE = `
:root{color-scheme:light;--bg:#fff;--panel:#f6f7f9;--line:#d5d9e0;--fg:#1c2128;--dim:#57606a;--link:#0b57b0;--focus:#0b57b0;
--critical:#8c0d3f;--high:#a8430a;--medium:#7a5c00;--low:#1a5a96;--info:#57606a;--ok:#0f6b46;--tint:12%}
:root[data-theme=dark]{color-scheme:dark;--bg:#14171c;--panel:#1d2128;--line:#363c46;--fg:#e4e8ee;--dim:#a2abb8;--link:#80b8ff;--focus:#ffd166;
--critical:#ff86b0;--high:#ffa268;--medium:#f0cf5a;--low:#86bdf7;--info:#a2abb8;--ok:#6fd6a5;--tint:16%}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;--bg:#14171c;--panel:#1d2128;--line:#363c46;--fg:#e4e8ee;--dim:#a2abb8;--link:#80b8ff;--focus:#ffd166;
--critical:#ff86b0;--high:#ffa268;--medium:#f0cf5a;--low:#86bdf7;--info:#a2abb8;--ok:#6fd6a5;--tint:16%}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
header,main,footer{max-width:1200px;margin:0 auto;padding:0 20px}
header{display:flex;flex-wrap:wrap;gap:8px 20px;align-items:center;padding-top:18px;padding-bottom:10px}
h1{font-size:22px;margin:0;overflow-wrap:anywhere}
h2{font-size:19px;margin:34px 0 10px;padding-bottom:4px;border-bottom:1px solid var(--line)}
h3{font-size:16px;margin:14px 0 8px;overflow-wrap:anywhere}
.meta{color:var(--dim);margin:0;overflow-wrap:anywhere}
.grow{flex:1 1 320px}
nav{position:sticky;top:0;z-index:2;background:var(--bg);border-bottom:1px solid var(--line)}
nav ul{max-width:1200px;margin:0 auto;padding:8px 20px;display:flex;flex-wrap:wrap;gap:4px 20px;list-style:none}
section,tr{scroll-margin-top:60px}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,.scroll:focus-visible,tr:focus{outline:3px solid var(--focus);outline-offset:1px;border-radius:3px}
.skip{position:absolute;left:-9999px}
.skip:focus{position:fixed;left:10px;top:10px;background:var(--bg);padding:8px 12px;z-index:3}
button,input,select{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--dim);border-radius:6px;padding:5px 9px}
input[type=search]{min-width:240px}
code,.code{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere}
small{color:var(--dim);font-size:13px}
h3 small{font-weight:400}
.tiles{list-style:none;display:flex;flex-wrap:wrap;gap:10px;margin:0 0 14px;padding:0}
.tile{min-width:112px;padding:10px 14px;background:var(--panel);border:1px solid var(--line);border-radius:8px}
.tile strong{display:block;font-size:24px;line-height:1.2}
.tile small{display:block}
.critical{--tone:var(--critical)}.high{--tone:var(--high)}.medium{--tone:var(--medium)}.low{--tone:var(--low)}.info{--tone:var(--info)}
.tile[class*=" "]{border-left:5px solid var(--tone)}
.tile[class*=" "] strong{color:var(--tone)}
.tile.none{border-left-color:var(--line)}
.tile.none strong{color:var(--dim)}
.badge{display:inline-block;color:var(--tone);border:1.5px solid var(--tone);background:color-mix(in srgb,var(--tone) var(--tint),transparent);border-radius:5px;padding:0 8px;font-size:13px;font-weight:600;text-transform:uppercase}
.rule{border:1px solid var(--line);border-left:5px solid var(--tone);border-radius:8px;padding:4px 16px 12px;margin:0 0 14px;background:var(--panel)}
.prose p{margin:6px 0}
.prose code,.places code,td code,.code{background:color-mix(in srgb,var(--dim) 14%,transparent);border-radius:4px;padding:1px 4px}
.filters{display:flex;flex-wrap:wrap;gap:10px 16px;align-items:center;margin:0 0 14px}
output{color:var(--dim)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;table-layout:fixed;min-width:720px}
th,td{text-align:left;vertical-align:top;padding:6px 10px;border-top:1px solid var(--line);overflow-wrap:anywhere}
th{color:var(--dim);font-weight:600;font-size:13px;border-top:0}
.rule th:nth-child(1){width:30%}.rule th:nth-child(3){width:150px}.rule th:nth-child(4){width:170px}
.wide{min-width:900px}
.wide th:nth-child(1){width:32%}.wide th:nth-child(2){width:142px}.wide th:nth-child(3){width:17%}.wide th:nth-child(4){width:120px}.wide th:nth-child(6){width:80px}
tr:target{background:color-mix(in srgb,var(--focus) 14%,transparent)}
.places{margin:4px 0;padding-left:20px}
.facts{margin:6px 0;white-space:pre-line;overflow-wrap:anywhere}
summary{cursor:pointer}
.verdict{font-weight:600;color:var(--tone,var(--ok))}
.verdict.malicious{--tone:var(--critical)}.verdict.suspicious{--tone:var(--high)}.verdict.incomplete{--tone:var(--medium)}
.jump{font-size:13px;white-space:nowrap}
.hint{color:var(--dim)}
.canvas{border:1px solid var(--line);border-radius:8px;background:var(--panel);max-height:80vh;overflow:auto}
svg{display:block}
.node rect{fill:var(--bg);stroke:var(--dim);stroke-width:1.2}
.node text{fill:var(--fg);font-size:13px}
.node .kind{fill:var(--dim);font-size:10.5px}
.node.model rect{stroke:var(--low);stroke-width:2}.node.service rect,.node.vector-store rect{stroke:var(--medium);stroke-width:2}
.node.artifact rect,.node.dataset rect{stroke:var(--ok);stroke-width:2}.node.agent rect,.node.mcp-server rect{stroke:var(--critical);stroke-width:2}
.node:focus{outline:none}
.node:focus rect,.node:hover rect{stroke:var(--focus);stroke-width:3}
.edge{fill:none;stroke:var(--dim);stroke-width:1.2;opacity:.65}
.edge.contains{stroke-dasharray:3 4;opacity:.4}
#arrow path{fill:var(--dim)}
svg.active .edge{opacity:.12}svg.active .node{opacity:.35}
svg.active .edge.on{opacity:1;stroke:var(--focus);stroke-width:2}svg.active .node.on{opacity:1}
footer{color:var(--dim);padding-top:26px;padding-bottom:40px;font-size:13px}
[hidden]{display:none!important}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media (forced-colors:active){.badge,.tile,.rule{border:1px solid}}
@media print{:root:root:root{color-scheme:light;--bg:#fff;--panel:#fff;--line:#bbb;--fg:#000;--dim:#444;--link:#000;--critical:#8c0d3f;--high:#a8430a;--medium:#7a5c00;--low:#1a5a96;--info:#57606a;--ok:#0f6b46}
nav,.filters,button,.hint,.skip,.jump{display:none}.scroll,.canvas{overflow:visible;max-height:none}svg{max-width:100%;height:auto}table,.wide{min-width:0}tr,.tile{break-inside:avoid}}
`;
