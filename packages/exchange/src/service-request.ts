import { type HttpRequest, type HttpResponse, type Outbound, send } from '@fedbridge/core';
import type { ServiceRequest } from './profile.ts';
import { fill, fillTexts, fillUrl, type Values } from './template.ts';

/** Sends a profile's request. @throws FedbridgeError `ENDPOINT_NOT_ALLOWED`, `INPUT_INVALID`, `HTTP_*` */
export function sendTo(request: ServiceRequest, values: Values, outbound: Outbound): Promise<HttpResponse> {
  return send(outbound, httpRequest(request, values));
}

function httpRequest(
  { method = 'POST', url: address, query = {}, headers = {}, form, json }: ServiceRequest,
  values: Values,
): HttpRequest {
  const url = fillUrl(address, values);
  for (const [name, text] of Object.entries(fillTexts(query, values))) url.searchParams.set(name, text);
  const given = { accept: 'application/json', ...fillTexts(headers, values) };
  if (form) {
    const body = new URLSearchParams(fillTexts(form, values)).toString();
    return { method, url, headers: { ...given, 'content-type': 'application/x-www-form-urlencoded' }, body };
  }
  if (json === undefined) return { method, url, headers: given };
  const body = JSON.stringify(fill(json, values));
  return { method, url, headers: { ...given, 'content-type': 'application/json' }, body };
}
