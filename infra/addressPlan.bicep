// A stamp's /16, cut once for everybody. The arithmetic, which a rule checks against the pools' bounds:
//   hub       /20    the firewall's /26 at its start
//   spoke     /17    the upper half; in it:
//   nodes     /20    4,096 addresses - 5 that Azure keeps = 4,091 nodes, surge and upgrade surge included
//   gateway   /24    125 instances at the most, private frontends beside them
//   endpoints /24    private endpoints
//   API       /28    API server of a private cluster
// Pods are an overlay: a /24 of the pod CIDR a node, so a /12 holds 4,096 nodes.

@export()
func hubPrefix(space string) string => cidrSubnet(space, 20, 0)

@export()
func firewallPrefix(space string) string => cidrSubnet(space, 26, 0)

@export()
func spokePrefix(space string) string => cidrSubnet(space, 17, 1)

@export()
func nodePrefix(space string) string => cidrSubnet(space, 20, 8)

@export()
func gatewayPrefix(space string) string => cidrSubnet(space, 24, 144)

@export()
func endpointPrefix(space string) string => cidrSubnet(space, 24, 145)

@export()
func apiServerPrefix(space string) string => cidrSubnet(space, 28, 2336)

@export()
@description('Address that the ingress controller\'s internal load balancer takes: near the end of the node subnet.')
func ingressAddress(space string) string => cidrHost(cidrSubnet(space, 20, 8), 4084)

@export()
@description('Private frontend of the gateway: for the control plane alone.')
func gatewayPrivateAddress(space string) string => cidrHost(cidrSubnet(space, 24, 144), 249)

@export()
func functionsPrefix(space string) string => cidrSubnet(space, 26, 0)

@export()
func controlEndpointPrefix(space string) string => cidrSubnet(space, 26, 1)
