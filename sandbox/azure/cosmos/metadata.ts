import type { ContainerState } from './cosmosStore.ts';

/** What the SDK reads before its first call: the account, the database, the container and its partition ranges. */
export function accountBody(endpoint: string, regions: readonly string[]): unknown {
  const locations = regions.map((name) => ({ name, databaseAccountEndpoint: endpoint }));
  return {
    _self: '',
    id: new URL(endpoint).hostname.split('.')[0],
    _rid: new URL(endpoint).hostname,
    media: '//media/',
    addresses: '//addresses/',
    _dbs: '//dbs/',
    writableLocations: locations.slice(0, 1),
    readableLocations: locations,
    enableMultipleWriteLocations: false,
    continuousBackupEnabled: true,
    enableNRegionSynchronousCommit: false,
    enablePerPartitionFailoverBehavior: false,
    userReplicationPolicy: { asyncReplication: false, minReplicaSetSize: 3, maxReplicasetSize: 4 },
    userConsistencyPolicy: { defaultConsistencyLevel: 'Session' },
    systemReplicationPolicy: { minReplicaSetSize: 3, maxReplicasetSize: 4, asyncReplication: false },
    readPolicy: { primaryReadCoefficient: 1, secondaryReadCoefficient: 1 },
    queryEngineConfiguration: JSON.stringify({ maxSqlQueryInputLength: 262_144, maxJoinsPerSqlQuery: 10, maxLogicalAndPerSqlQuery: 2000, maxLogicalOrPerSqlQuery: 2000, allowNewKeywords: true, enableSpatialIndexing: true }),
  };
}

const etag = '"00000000-0000-0700-0000-000000000000"';

export const databaseBody = (name: string, rid: string): unknown => ({ id: name, _rid: rid, _self: `dbs/${rid}/`, _etag: etag, _colls: 'colls/', _users: 'users/', _ts: 0 });

export function containerBody({ definition, rid, self }: ContainerState): unknown {
  return {
    id: definition.name,
    indexingPolicy: { indexingMode: 'consistent', automatic: true, includedPaths: [{ path: '/*' }], excludedPaths: [{ path: '/"_etag"/?' }] },
    partitionKey: { paths: [definition.partitionKeyPath], kind: 'Hash', version: 2 },
    ...(definition.defaultTtl === null ? {} : { defaultTtl: definition.defaultTtl }),
    uniqueKeyPolicy: { uniqueKeys: definition.uniqueKeys.map((paths) => ({ paths })) },
    conflictResolutionPolicy: { mode: 'LastWriterWins', conflictResolutionPath: '/_ts', conflictResolutionProcedure: '' },
    _rid: rid,
    _self: self,
    _etag: etag,
    _ts: 0,
    _docs: 'docs/',
    _sprocs: 'sprocs/',
    _triggers: 'triggers/',
    _udfs: 'udfs/',
    _conflicts: 'conflicts/',
  };
}

/** One physical partition over the whole key space. */
export const partitionRangesBody = ({ rid, self }: ContainerState): unknown => ({
  _rid: rid,
  PartitionKeyRanges: [{ _rid: `${rid.slice(0, -1)}CAAAAAAAAUA==`, id: '0', _etag: etag, minInclusive: '', maxExclusive: 'FF', ridPrefix: 0, _self: `${self}pkranges/0/`, throughputFraction: 1, status: 'online', parents: [], _ts: 0, lsn: 1 }],
  _count: 1,
});

export const partitionRangesEtag = '"1"';
