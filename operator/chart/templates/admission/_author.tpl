{{/* What both policies reckon with. A change of metadata alone, by whomever (finalizers, labels, garbage collection), has no author. */}}
{{- define "berth.authorVariables" -}}
- name: isNewSpec
  expression: oldObject == null || object.spec != oldObject.spec
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
