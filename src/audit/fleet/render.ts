import { toJson } from '../../reporters/text/json.ts';
import { fleetHtml } from './html.ts';
import { fleetMarkdown } from './markdown.ts';
import { fleetTable, PLAIN, type Terminal } from './table.ts';
import type { Fleet } from './view.ts';

const FLEET_FORMATS = ['table', 'json', 'markdown', 'html'] as const;
type FleetFormat = (typeof FLEET_FORMATS)[number];

/** Formats that have a page of the fleet; the others have its reports. */
export const isFleetFormat = (format: string): format is FleetFormat => (FLEET_FORMATS as readonly string[]).includes(format);

/** The fleet for people or programs. Pure. */
export function renderFleet(fleet: Fleet, format: FleetFormat, terminal: Terminal = PLAIN): string {
  switch (format) {
    case 'json':
      return `${toJson({ schemaVersion: '1.0.0', ...fleet })}\n`;
    case 'markdown':
      return fleetMarkdown(fleet);
    case 'html':
      return fleetHtml(fleet);
    case 'table':
      return fleetTable(fleet, terminal);
  }
}
