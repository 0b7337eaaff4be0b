{{/*
The files below files/ are those that kustomize takes, and so all ways install the same. What differs is set here.
*/}}

{{/* The objects of a file, as a dict with the list `items`. */}}
{{- define "objects" -}}
{{- $items := list -}}
{{- range regexSplit "(?m)^---$" (required (printf "%s is not part of this chart" .file) (.context.Files.Get .file)) -1 -}}
{{- with fromYaml . }}{{ $items = append $items . }}{{ end -}}
{{- end -}}
{{- dict "items" $items | toJson -}}
{{- end }}

{{/* An object of this release: in its namespace, with Helm's labels. */}}
{{- define "object" -}}
{{- $labels := dict "app.kubernetes.io/managed-by" .context.Release.Service "app.kubernetes.io/instance" .context.Release.Name -}}
{{- $_ := set $labels "helm.sh/chart" (printf "%s-%s" .context.Chart.Name .context.Chart.Version) -}}
{{- $_ := set .object.metadata "labels" (merge $labels (.object.metadata.labels | default dict)) -}}
{{- if .object.metadata.namespace }}{{ $_ := set .object.metadata "namespace" (.namespace | default .context.Release.Namespace) }}{{ end -}}
{{- range .object.subjects }}{{ $_ := set . "namespace" $.context.Release.Namespace }}{{ end -}}
---
{{ toYaml .object }}
{{ end }}

{{/* A ClusterRole, or a Role of that namespace, bound to the operator in one namespace. */}}
{{- define "rolebinding" -}}
{{- $role := dict "apiGroup" "rbac.authorization.k8s.io" "kind" (.kind | default "ClusterRole") "name" .role -}}
{{- $subject := dict "kind" "ServiceAccount" "name" "flink-workspace-operator" -}}
{{- $metadata := dict "name" .role "namespace" .namespace -}}
{{- $binding := dict "apiVersion" "rbac.authorization.k8s.io/v1" "kind" "RoleBinding" "metadata" $metadata "roleRef" $role "subjects" (list $subject) -}}
{{- include "object" (dict "context" .context "object" $binding "namespace" .namespace) -}}
{{- end }}

{{- define "image" -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag }}{{ end -}}
{{- end }}

{{/* The limits as their ConfigMap has them: words with commas between, digits, true or false. */}}
{{- define "limits" -}}
{{- $data := dict -}}
{{- $given := dict "" .Values.limits.all -}}
{{- range $namespace, $limits := .Values.limits.namespaces }}{{ $_ := set $given (printf "%s." $namespace) $limits }}{{ end -}}
{{- range $prefix, $limits := $given -}}
{{- range $name, $value := $limits -}}
{{- $_ := set $data (printf "%s%s" $prefix $name) (kindIs "slice" $value | ternary (join ", " $value) (toString $value)) -}}
{{- end -}}
{{- end -}}
{{- $data | toJson -}}
{{- end }}

{{/* What the operator is told by its environment besides what the file says, as a list. */}}
{{- define "environment" -}}
{{- $told := deepCopy .Values.settings -}}
{{- with .Values.watchNamespaces }}{{ $_ := set $told "FLINK_OPERATOR_NAMESPACES" . }}{{ end -}}
{{- $everywhere := list "*" -}}
{{- if not (hasKey $told "FLINK_OPERATOR_IDENTITY_NAMESPACES") -}}
{{- $default := .Values.emulator.enabled | ternary $everywhere (list) -}}
{{- $_ := set $told "FLINK_OPERATOR_IDENTITY_NAMESPACES" (.Values.identity.namespaces | default $default) -}}
{{- end -}}
{{- with .Values.identity.accountId }}{{ $_ := set $told "FLINK_OPERATOR_ACCOUNT_ID" . }}{{ end -}}
{{- if .Values.credentials.rrsa.roleName }}{{ $_ := set $told "FLINK_OPERATOR_IDENTITY" "rrsa" }}{{ end -}}
{{- with .Values.credentials.rrsa.stsVpcRegion -}}
{{- $_ := set $told "ALIBABA_CLOUD_STS_REGION" . -}}
{{- $_ := set $told "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED" "true" -}}
{{- end -}}
{{- if .Values.emulator.enabled -}}
{{- $_ := set $told "FLINK_OPERATOR_ENDPOINT" "http://flink-cloud-emulator:8080" -}}
{{- $_ := set $told "FLINK_OPERATOR_EMULATOR" true -}}
{{- $_ := set $told "FLINK_OPERATOR_IDENTITY" "key" -}}
{{- $_ := set $told "FLINK_OPERATOR_ADOPTION_NAMESPACES" $everywhere -}}
{{- end -}}
{{- $variables := list -}}
{{- range $name, $value := $told -}}
{{- $variables = append $variables (dict "name" $name "value" (kindIs "slice" $value | ternary (toJson $value) (toString $value))) -}}
{{- end -}}
{{- dict "items" $variables | toJson -}}
{{- end }}
