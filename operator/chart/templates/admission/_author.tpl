{{/*
CEL: the request stops a workspace and changes nothing else of its spec. Every field of the spec is here. Both
specs are there.
*/}}
{{- define "berth.isStop" -}}
oldObject.spec.running && !object.spec.running
{{- range list "owner" "environment" "compute" "home" "adopt" "idle" }} &&
object.spec.?{{ . }} == oldObject.spec.?{{ . }}
{{- end }}
{{- end }}

{{/*
What both policies reckon with. A change of metadata alone, by whomever (finalizers, labels, garbage collection), has no author, and neither
has a stop of the operator's: the person whose rights count stays who wrote what is run.
*/}}
{{- define "berth.authorVariables" -}}
- name: isStopOfOperator
  expression: |-
    oldObject != null &&
    request.userInfo.username == '{{ include "berth.operatorUser" . }}' &&
    ({{ include "berth.isStop" . | nindent 4 | trim }})
- name: isNewSpec
  expression: oldObject == null || (object.spec != oldObject.spec && !variables.isStopOfOperator)
- name: groups
  expression: 'has(request.userInfo.groups) ? request.userInfo.groups : []'
- name: given
  expression: object.metadata.?annotations.orValue({})
- name: before
  expression: 'oldObject == null ? {} : oldObject.metadata.?annotations.orValue({})'
- name: right
  expression: |-
    variables.isNewSpec
      ? {'berth.dev/author': request.userInfo.username, 'berth.dev/author-groups': variables.groups.join('\n')}
      : variables.before
{{- end }}
