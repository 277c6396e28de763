export { growingTree, type GrowingTree } from './growing-tree.ts';
export { emptyRoot, leafHash, nodeHash, type Hash } from './hash.ts';
export { appendedNodes, nodesOf, type Node, type ReadNode } from './nodes.ts';
export { consistencyProof, inclusionProof, treeRoot } from './prove.ts';
export { verifyConsistency, verifyInclusion, type ConsistencyClaim, type InclusionClaim } from './verify.ts';
export { encodeTreeHead, type TreeHead } from './tree-head.ts';
