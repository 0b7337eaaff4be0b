local annotations = obj.metadata.annotations or {}
local in_spec = obj.spec ~= nil and obj.spec.suspend == true
local annotation = annotations["flink.alicloud.dev/suspend"]
local by_annotation = annotation ~= nil and annotation ~= "false"

return {
  ["suspend"] = {
    disabled = in_spec or by_annotation,
    displayName = "Suspend",
    iconClass = "fa fa-fw fa-pause",
  },
  -- What the spec says is for Git to change.
  ["resume"] = {
    disabled = in_spec or not by_annotation,
    displayName = "Resume",
    iconClass = "fa fa-fw fa-play",
  },
  ["reconcile"] = {
    disabled = in_spec or by_annotation,
    displayName = "Reconcile now",
    iconClass = "fa fa-fw fa-sync",
  },
}
