// Every name in one place: unique across regions, inside Azure's limits (checked on the snapshot).

@export()
func sharedGroup(name string) string => 'rg-${name}-shared'

@export()
func controlGroup(name string) string => 'rg-${name}-control'

@export()
func regionGroup(name string, region string) string => 'rg-${name}-cp-${region}'

@export()
func stampGroup(name string, stamp string) string => 'rg-${name}-${stamp}'

@export()
@description('Six characters that set this deployment apart where names are global.')
func suffix(subscriptionId string, name string) string => substring(uniqueString(subscriptionId, name), 0, 6)

@export()
@description('At most 24 lower-case letters and digits: 2 + 8 + 3 + 5 + 6.')
func storageName(name string, role string, place string, suffix string) string => 'st${name}${role}${place}${suffix}'

@export()
func clusterName(name string, stamp string) string => 'aks-${name}-${stamp}'

@export()
func gatewayName(name string, stamp string) string => 'agw-${name}-${stamp}'

@export()
func spokeName(name string, stamp string) string => 'vnet-${name}-${stamp}-spoke'

@export()
func hubName(name string, stamp string) string => 'vnet-${name}-${stamp}-hub'

@export()
func controlNetworkName(name string, region string) string => 'vnet-${name}-cp-${region}'

@export()
func frontDoorName(name string, suffix string) string => 'afd-${name}-${suffix}'

@export()
func cosmosName(name string, suffix string) string => 'cosmos-${name}-${suffix}'

@export()
func functionAppName(name string, region string, suffix string) string => 'func-${name}-${region}-${suffix}'

@export()
func registryName(name string, suffix string) string => 'cr${name}${suffix}'

@export()
@description('Role definitions have their GUID for a name, unique in the tenant.')
func roleId(name string, subscriptionId string, key string) string => guid('spillway', subscriptionId, name, key)

@export()
func controlIdentityName(name string, region string) string => 'id-${name}-cp-${region}'

@export()
@description('Known before the identity exists, as names of role assignments must be.')
func controlIdentityId(subscriptionId string, name string, region string) string =>
  resourceId(
    subscriptionId,
    regionGroup(name, region),
    'Microsoft.ManagedIdentity/userAssignedIdentities',
    controlIdentityName(name, region)
  )

@export()
@description('role: cluster, kubelet, gateway or gate.')
func stampIdentityName(name string, stamp string, role string) string => 'id-${name}-${stamp}-${role}'
