//! From the skills of the core to their wire form.

use std::collections::BTreeMap;

use llmos_core::{
    skill::{self, Executable, ExecutionMode, Skill},
    slug::Slug,
    store::BlobId,
    value::PortType,
    volume::{VolumeId, VolumePath},
    workflow::{Inner, Signature, SkillSource, Workflow},
};

use super::{ExecutableSkill, Port, SkillKind, SkillSummary, SkillsById};

/// The type of an entry that is a workflow, not a skill.
pub const WORKFLOW: &str = "workflow";

/// The category that workflows have among the skills.
pub const WORKFLOWS: &str = "workflows";

impl From<&skill::SkillKind> for SkillKind {
    fn from(kind: &skill::SkillKind) -> Self {
        match kind {
            skill::SkillKind::Context => Self::Context,
            skill::SkillKind::Agent => Self::Agent,
            skill::SkillKind::Executable(_) => Self::Executable,
        }
    }
}

impl From<&skill::Port> for Port {
    fn from(port: &skill::Port) -> Self {
        Self {
            name: port.name.clone(),
            ty: port.ty.to_string(),
            description: port.description.clone(),
            default: port.default.clone(),
            required: port.required,
        }
    }
}

fn ports(ports: &[skill::Port]) -> Vec<Port> {
    ports.iter().map(Port::from).collect()
}

impl ExecutableSkill {
    /// Shows a skill that can be a node, without its code.
    pub fn new(
        skill: &Skill,
        executable: &Executable,
        volume: &VolumeId,
        version: &BlobId,
    ) -> Self {
        Self {
            skill_id: skill.id.to_string(),
            name: skill.name.clone(),
            description: skill.description.clone(),
            ty: executable.runtime.to_string(),
            execution_mode: executable.execution_mode.to_string(),
            category: skill.category.clone(),
            tags: skill.keywords.clone(),
            version: version.to_string(),
            release: skill.version.clone(),
            author: skill.author.clone(),
            volume: volume.to_string(),
            inputs: ports(&executable.inputs),
            outputs: ports(&executable.outputs),
            estimated_time_ms: executable.estimated_time_ms,
            memory_mb: executable.memory_mb,
            timeout_ms: executable.timeout_ms,
            packages: executable.packages.clone(),
            deterministic: executable.deterministic,
            code: None,
        }
    }

    /// Shows a workflow that can be a node.
    pub fn of_workflow(
        workflow: &Workflow,
        signature: &Signature,
        volume: &VolumeId,
        version: &BlobId,
    ) -> Self {
        Self {
            skill_id: workflow.id.to_string(),
            name: workflow.name.clone(),
            description: workflow.description.clone(),
            ty: WORKFLOW.to_owned(),
            execution_mode: ExecutionMode::BrowserWasm.to_string(),
            category: Some(WORKFLOWS.to_owned()),
            tags: workflow.tags.clone(),
            version: version.to_string(),
            release: workflow.version.clone(),
            author: workflow.author.clone(),
            volume: volume.to_string(),
            inputs: ports(&signature.inputs),
            outputs: ports(&signature.outputs),
            deterministic: true,
            ..Self::default()
        }
    }

    /// Adds the code.
    #[must_use]
    pub fn with_code(mut self, executable: &Executable) -> Self {
        self.code = Some(executable.code.clone());
        self
    }
}

impl SkillSummary {
    /// Shows a skill of a volume as lists do.
    pub fn new(skill: &Skill, volume: &VolumeId, path: &VolumePath, version: &BlobId) -> Self {
        let executable = skill.executable();
        Self {
            skill_id: skill.id.to_string(),
            name: skill.name.clone(),
            description: skill.description.clone(),
            kind: (&skill.kind).into(),
            category: skill.category.clone(),
            keywords: skill.keywords.clone(),
            volume: volume.to_string(),
            path: path.to_string(),
            version: version.to_string(),
            ty: executable.map(|executable| executable.runtime.to_string()),
            execution_mode: executable.map(|executable| executable.execution_mode.to_string()),
            inputs: executable.map(|executable| ports(&executable.inputs)),
            outputs: executable.map(|executable| ports(&executable.outputs)),
            shadows: Vec::new(),
            score: None,
            why: None,
        }
    }
}

/// The skills of a run, read from their wire form, and the ports of workflows among them.
#[derive(Clone, Debug, Default)]
pub struct Skills {
    executables: BTreeMap<Slug, Executable>,
    workflows: BTreeMap<Slug, Signature>,
}

impl From<&SkillsById> for Skills {
    /// Those with an id or a runtime that nobody knows are left out, so a workflow that
    /// uses them has a finding. An entry of the type `workflow` is known by its `skill_id`,
    /// whatever it is filed under: a skill and a workflow may have one id.
    fn from(skills: &SkillsById) -> Self {
        let mut read = Self::default();
        for (id, skill) in skills {
            if skill.ty == WORKFLOW {
                let Ok(id) = skill.skill_id.parse() else { continue };
                let (inputs, outputs) = (read_ports(&skill.inputs), read_ports(&skill.outputs));
                read.workflows.insert(id, Signature { inputs, outputs });
            } else if let (Ok(id), Some(skill)) = (id.parse(), executable(skill)) {
                read.executables.insert(id, skill);
            }
        }
        read
    }
}

impl SkillSource for Skills {
    fn executable(&self, id: &Slug) -> Option<&Executable> {
        self.executables.get(id)
    }

    fn ids(&self) -> Vec<&Slug> {
        self.executables.keys().collect()
    }

    fn workflow(&self, id: &Slug) -> Option<Inner<'_>> {
        self.workflows.get(id).map(Inner::Ports)
    }

    fn workflow_ids(&self) -> Vec<&Slug> {
        self.workflows.keys().collect()
    }
}

fn read_ports(ports: &[Port]) -> Vec<skill::Port> {
    let port = |port: &Port| skill::Port {
        name: port.name.clone(),
        ty: port.ty.parse().unwrap_or(PortType::Any),
        description: port.description.clone(),
        default: port.default.clone(),
        required: port.required,
    };
    ports.iter().map(port).collect()
}

fn executable(skill: &ExecutableSkill) -> Option<Executable> {
    Some(Executable {
        runtime: skill.ty.parse().ok()?,
        execution_mode: skill.execution_mode.parse().unwrap_or(ExecutionMode::BrowserWasm),
        inputs: read_ports(&skill.inputs),
        outputs: read_ports(&skill.outputs),
        estimated_time_ms: skill.estimated_time_ms,
        memory_mb: skill.memory_mb,
        timeout_ms: skill.timeout_ms,
        packages: skill.packages.clone(),
        deterministic: skill.deterministic,
        code: skill.code.clone().unwrap_or_default(),
        code_line: 1,
    })
}
