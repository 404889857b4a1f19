{{- define "berth.labels" -}}
app.kubernetes.io/name: berth
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* What the Deployment, its budget and its policy select by: it never changes. */}}
{{- define "berth.operatorSelector" -}}
app.kubernetes.io/name: berth
app.kubernetes.io/component: operator
{{- end }}

{{- define "berth.catalogueNamespace" -}}
{{ .Values.catalogueNamespace | default .Release.Namespace }}
{{- end }}

{{- define "berth.groups" -}}
{{- range . }}
- { apiGroup: rbac.authorization.k8s.io, kind: Group, name: {{ . | quote }} }
{{- end }}
{{- end }}
