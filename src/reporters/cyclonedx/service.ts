import { Models } from '@cyclonedx/cyclonedx-library';
import { refOf, type ServiceComponent, type VectorStoreComponent } from '../../core/component.ts';
import { relationProperties, type Context } from './context.ts';
import { placesOf } from './evidence.ts';
import { AiService, type ServiceExtras } from './extensions.ts';
import { iri } from '../text/uri.ts';
import { properties } from './values.ts';

function extrasOf(component: ServiceComponent | VectorStoreComponent): ServiceExtras {
  const endpoints = component.endpoints ?? [];
  const where = endpoints.length > 0 ? { endpoints: endpoints.map(iri) } : {};
  if (component.kind === 'vector-store') return where;
  const flows = component.flows ?? [];
  return {
    ...where,
    ...(component.authenticated === undefined ? {} : { authenticated: component.authenticated }),
    // What runs on the user's own machines crosses no boundary by being called.
    ...(component.selfHosted === undefined ? {} : { 'x-trust-boundary': !component.selfHosted }),
    ...(flows.length > 0 ? { data: flows.map(({ direction, classification }) => ({ flow: direction, classification })) } : {}),
  };
}

export function toService(component: ServiceComponent | VectorStoreComponent, context: Context): AiService {
  const ref = refOf(component);
  const made = new AiService(component.name, { bomRef: ref });
  if (component.title !== undefined) made.provider = new Models.OrganizationalEntity({ name: component.title });
  made.properties = properties({
    kind: component.kind,
    ...(component.kind === 'service' ? { selfHosted: component.selfHosted } : { collection: component.collections }),
    id: component.aliases,
    occurrences: component.occurrences.length,
    occurrence: placesOf(component),
    ...relationProperties(context, ref),
  });
  made.extras = extrasOf(component);
  return made;
}
