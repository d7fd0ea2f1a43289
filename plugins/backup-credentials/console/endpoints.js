// S3 servers that people are likely to use: what is suggested for an endpoint, and which region belongs to an
// address, by the names that the providers give them. An address that is not here is as good.

const amazon = {
  'us-east-1': 'US East (N. Virginia)', 'us-east-2': 'US East (Ohio)', 'us-west-1': 'US West (N. California)',
  'us-west-2': 'US West (Oregon)', 'eu-central-1': 'Europe (Frankfurt)', 'eu-central-2': 'Europe (Zurich)',
  'eu-north-1': 'Europe (Stockholm)', 'eu-south-1': 'Europe (Milan)', 'eu-south-2': 'Europe (Spain)',
  'eu-west-1': 'Europe (Ireland)', 'eu-west-2': 'Europe (London)', 'eu-west-3': 'Europe (Paris)',
  'ca-central-1': 'Canada (Central)', 'ca-west-1': 'Canada West (Calgary)',
  'mx-central-1': 'Mexico (Central)', 'sa-east-1': 'South America (São Paulo)',
  'ap-east-1': 'Asia Pacific (Hong Kong)', 'ap-east-2': 'Asia Pacific (Taipei)',
  'ap-northeast-1': 'Asia Pacific (Tokyo)', 'ap-northeast-2': 'Asia Pacific (Seoul)',
  'ap-northeast-3': 'Asia Pacific (Osaka)', 'ap-south-1': 'Asia Pacific (Mumbai)',
  'ap-south-2': 'Asia Pacific (Hyderabad)', 'ap-southeast-1': 'Asia Pacific (Singapore)',
  'ap-southeast-2': 'Asia Pacific (Sydney)', 'ap-southeast-3': 'Asia Pacific (Jakarta)',
  'ap-southeast-4': 'Asia Pacific (Melbourne)', 'ap-southeast-5': 'Asia Pacific (Malaysia)',
  'ap-southeast-6': 'Asia Pacific (New Zealand)', 'ap-southeast-7': 'Asia Pacific (Thailand)',
  'af-south-1': 'Africa (Cape Town)', 'il-central-1': 'Israel (Tel Aviv)',
  'me-central-1': 'Middle East (UAE)', 'me-south-1': 'Middle East (Bahrain)',
  'us-gov-east-1': 'GovCloud (US-East)', 'us-gov-west-1': 'GovCloud (US-West)',
};

/**
 * host: with {region} in the place of each of `regions`. `region`: where all hosts have the same. In angle
 * brackets: what is the customer's own.
 */
const providers = [
  { name: 'Amazon S3', host: 's3.{region}.amazonaws.com', regions: amazon },
  { name: 'Amazon S3 China', host: 's3.{region}.amazonaws.com.cn',
    regions: { 'cn-north-1': 'Beijing', 'cn-northwest-1': 'Ningxia' } },
  { name: 'AWS European Sovereign Cloud', host: 's3.{region}.amazonaws.eu',
    regions: { 'eusc-de-east-1': 'Germany' } },
  { name: 'Backblaze B2', host: 's3.{region}.backblazeb2.com', regions: {
    'us-west-000': 'US West', 'us-west-001': 'US West', 'us-west-002': 'US West', 'us-west-004': 'US West',
    'us-east-005': 'US East', 'eu-central-003': 'EU Central', 'ca-east-006': 'Canada East',
  } },
  { name: 'Cloudflare R2', host: '<account-id>.r2.cloudflarestorage.com', region: 'auto' },
  { name: 'Cloudflare R2, EU jurisdiction', host: '<account-id>.eu.r2.cloudflarestorage.com',
    region: 'auto' },
  { name: 'DigitalOcean Spaces', host: '{region}.digitaloceanspaces.com', regions: {
    ams3: 'Amsterdam', atl1: 'Atlanta', blr1: 'Bangalore', fra1: 'Frankfurt', lon1: 'London',
    nyc3: 'New York', sfo2: 'San Francisco', sfo3: 'San Francisco', sgp1: 'Singapore', syd1: 'Sydney',
    tor1: 'Toronto',
  } },
  { name: 'Google Cloud Storage, interoperability', host: 'storage.googleapis.com', region: 'auto' },
  { name: 'Hetzner', host: '{region}.your-objectstorage.com',
    regions: { fsn1: 'Falkenstein', hel1: 'Helsinki', nbg1: 'Nuremberg' } },
  { name: 'IBM Cloud Object Storage', host: 's3.{region}.cloud-object-storage.appdomain.cloud', regions: {
    'us-south': 'Dallas', 'us-east': 'Washington DC', 'eu-de': 'Frankfurt', 'eu-es': 'Madrid',
    'eu-gb': 'London', 'au-syd': 'Sydney', 'br-sao': 'São Paulo', 'ca-mon': 'Montreal', 'ca-tor': 'Toronto',
    'jp-osa': 'Osaka', 'jp-tok': 'Tokyo', us: 'US cross region', eu: 'EU cross region',
    ap: 'Asia Pacific cross region',
  } },
  { name: 'IONOS', host: 's3.{region}.ionoscloud.com',
    regions: { 'eu-central-2': 'Berlin', 'eu-central-3': 'Germany', 'eu-south-2': 'Logroño' } },
  { name: 'IONOS, Frankfurt', host: 's3.eu-central-1.ionoscloud.com', region: 'de' },
  { name: 'Linode, Akamai', host: '{region}.linodeobjects.com', regions: {
    'us-east-1': 'Newark', 'us-iad-1': 'Washington DC', 'us-lax-1': 'Los Angeles', 'us-mia-1': 'Miami',
    'us-ord-1': 'Chicago', 'us-sea-1': 'Seattle', 'us-southeast-1': 'Atlanta', 'eu-central-1': 'Frankfurt',
    'fr-par-1': 'Paris', 'es-mad-1': 'Madrid', 'gb-lon-1': 'London', 'it-mil-1': 'Milan',
    'nl-ams-1': 'Amsterdam', 'se-sto-1': 'Stockholm', 'ap-south-1': 'Singapore', 'sg-sin-1': 'Singapore',
    'id-cgk-1': 'Jakarta', 'in-maa-1': 'Chennai', 'jp-osa-1': 'Osaka', 'au-mel-1': 'Melbourne',
    'br-gru-1': 'São Paulo',
  } },
  { name: 'Oracle Cloud', host: '<namespace>.compat.objectstorage.{region}.oraclecloud.com', regions: {
    'eu-amsterdam-1': 'Amsterdam', 'eu-frankfurt-1': 'Frankfurt', 'eu-madrid-1': 'Madrid',
    'eu-milan-1': 'Milan', 'eu-paris-1': 'Paris', 'eu-stockholm-1': 'Stockholm', 'eu-zurich-1': 'Zurich',
    'uk-london-1': 'London', 'us-ashburn-1': 'Ashburn', 'us-phoenix-1': 'Phoenix', 'us-sanjose-1': 'San Jose',
    'ca-toronto-1': 'Toronto', 'sa-saopaulo-1': 'São Paulo', 'ap-mumbai-1': 'Mumbai',
    'ap-singapore-1': 'Singapore', 'ap-sydney-1': 'Sydney', 'ap-tokyo-1': 'Tokyo',
  } },
  { name: 'OVHcloud', host: 's3.{region}.io.cloud.ovh.net', regions: {
    gra: 'Gravelines', rbx: 'Roubaix', sbg: 'Strasbourg', 'eu-west-par': 'Paris', de: 'Frankfurt',
    uk: 'London', waw: 'Warsaw', bhs: 'Beauharnois', 'ca-east-tor': 'Toronto', sgp: 'Singapore',
    'ap-southeast-syd': 'Sydney', 'ap-south-mum': 'Mumbai',
  } },
  { name: 'OVHcloud US', host: 's3.{region}.io.cloud.ovh.us',
    regions: { 'us-east-va': 'Vint Hill', 'us-west-or': 'Hillsboro' } },
  { name: 'Scaleway', host: 's3.{region}.scw.cloud',
    regions: { 'fr-par': 'Paris', 'it-mil': 'Milan', 'nl-ams': 'Amsterdam', 'pl-waw': 'Warsaw' } },
  { name: 'Wasabi', host: 's3.{region}.wasabisys.com', regions: {
    'us-east-1': 'N. Virginia', 'us-east-2': 'N. Virginia', 'us-central-1': 'Texas', 'us-west-1': 'Oregon',
    'ca-central-1': 'Toronto', 'eu-central-1': 'Amsterdam', 'eu-central-2': 'Frankfurt',
    'eu-west-1': 'London', 'eu-west-2': 'Paris', 'eu-south-1': 'Milan', 'ap-northeast-1': 'Tokyo',
    'ap-northeast-2': 'Osaka', 'ap-southeast-1': 'Singapore', 'ap-southeast-2': 'Sydney',
  } },
  { name: 'Ceph, RADOS Gateway', host: '<host>:7480', region: 'default', isSelfRun: true },
  { name: 'MinIO', host: '<host>:9000', region: 'us-east-1', isSelfRun: true },
];

const suggestions = providers.flatMap(({ name, host, regions, region }) => {
  const one = (address, itsRegion, place) => ({
    value: `https://${address}`, text: place ? `${name}, ${place}` : name, detail: `https://${address}`,
    region: itsRegion,
  });
  if (!regions) return [one(host, region)];
  return Object.entries(regions).map(([each, place]) => one(host.replace('{region}', each), each, place));
});
// São Paulo is found by sao.
const folded = text => text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
const words = new Map(suggestions.map(each => [each, folded(`${each.text} ${each.value} ${each.region}`)]));

/** The suggestions that hold every word of what is typed; all of them before anything is. */
export function suggest(typed) {
  const wanted = folded(typed).split(/\s+/).filter(Boolean);
  const found = suggestions.filter(each => wanted.every(word => words.get(each).includes(word)));
  return found.length === 1 && found[0].value === typed ? [] : found; // it stands there already
}

/** The host as a regular expression. */
function patternOf(host) {
  const label = '[a-z0-9-]+';
  const own = host.replaceAll('.', '\\.').replace(/<[^>]+>/, label);
  return new RegExp(`^${own.replace('{region}', `(?<region>${label})`)}$`);
}
const patterns = [
  // Amazon's other names of the same places; the oldest is Virginia's.
  { host: /^s3(?:-fips|-external-1)?\.amazonaws\.com$/, region: 'us-east-1' },
  { host: /^s3(?:-fips)?(?:\.dualstack)?[.-](?<region>[a-z]{2,4}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$/ },
  { host: /^s3\.wasabisys\.com$/, region: 'us-east-1' },
  ...providers.filter(each => each.region && !each.isSelfRun).map(({ host, region }) =>
    ({ host: patternOf(host), region })),
  ...providers.filter(each => each.regions).map(({ host }) => ({ host: patternOf(host) })),
];

/** The region that belongs to a provider's address; '' when it is not known. */
export function regionOf(endpoint) {
  const host = endpoint.trim().toLowerCase().match(/^https?:\/\/([^/:]+)\/?(?::443\/?)?$/)?.[1];
  if (!host) return '';
  for (const pattern of patterns) {
    const found = host.match(pattern.host);
    if (found) return pattern.region ?? found.groups.region;
  }
  return '';
}
