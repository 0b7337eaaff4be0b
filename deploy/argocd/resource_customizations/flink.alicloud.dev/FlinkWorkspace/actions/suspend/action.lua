-- An annotation, not the spec: Git does not own it, so it is no drift, and self-heal leaves it alone.
obj.metadata.annotations = obj.metadata.annotations or {}
obj.metadata.annotations["flink.alicloud.dev/suspend"] = "true"
return obj
