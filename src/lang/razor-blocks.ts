import { csharp } from './csharp.ts';
import type { Frontend } from './frontend.ts';

/** `@using X`, which Blazor and MVC write without a semicolon. */
const USING = /^[ \t]*@using[ \t]+([\w.]+(?:[ \t]*=[ \t]*[\w.]+)?);?[ \t]*$/;
/** Where the members of a component begin. https://learn.microsoft.com/aspnet/core/mvc/views/razor#code */
const BEGINS = /^[ \t]*@(?:code|functions)\b[ \t]*(\{?)/;

/**
 * The C# of a Razor component: its imports, and what stands in `@code` and `@functions`, as the
 * members of a class. Everything else is blank, so that lines stay. Undefined where there is none.
 */
export function razorBlocks(text: string): { readonly text: string; readonly frontend: Frontend } | undefined {
  const rows: string[] = [];
  let inside = false;
  let found = false;
  for (const row of text.split('\n')) {
    const begins = BEGINS.exec(row);
    if (inside) {
      rows.push(row);
      // A block ends where its members' column does.
      if (row.startsWith('}')) inside = false;
    } else if (begins) {
      inside = true;
      found = true;
      rows.push(`class Component ${row.slice(begins[0].length - (begins[1]?.length ?? 0))}`);
    } else {
      const used = USING.exec(row)?.[1];
      rows.push(used === undefined ? '' : `using ${used};`);
    }
  }
  return found ? { text: rows.join('\n'), frontend: csharp } : undefined;
}
