if obj.metadata.annotations ~= nil then
  obj.metadata.annotations["flink.alicloud.dev/suspend"] = nil
end
return obj
