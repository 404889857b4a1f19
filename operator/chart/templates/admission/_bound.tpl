{{- define "berth.operatorUser" -}}
system:serviceaccount:{{ .Release.Namespace }}:berth-operator
{{- end }}

{{/* A match condition: the policy is about the operator’s account alone. */}}
{{- define "berth.isOperator" -}}
- name: is-the-operator
  expression: request.userInfo.username == '{{ include "berth.operatorUser" . }}'
{{- end }}

{{/* CEL: the metadata has both labels, and they fit the name. */}}
{{- define "berth.isLabelled" -}}
{{ . }}.?labels[?'app.kubernetes.io/managed-by'].orValue('') == 'berth' &&
{{ . }}.name == 'ws-' + {{ . }}.?labels[?'berth.dev/workspace'].orValue('')
{{- end }}

{{/* CEL: the metadata names as its controller the workspace that its own name is made from. */}}
{{- define "berth.isControlled" -}}
{{ . }}.?ownerReferences.orValue([]).exists(owner, owner.?controller.orValue(false) &&
owner.kind == 'Workspace' && owner.apiVersion.startsWith('berth.dev/') && {{ . }}.name == 'ws-' + owner.name)
{{- end }}

{{- define "berth.binding" -}}
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: {{ .name }}
  labels:
    {{- include "berth.labels" .root | nindent 4 }}
spec:
  policyName: {{ .name }}
  validationActions: [Deny]
{{- end }}
