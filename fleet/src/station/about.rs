//! Who works, and how.

use crate::manifest::Party;

/// Who works, and what the manifest says of all chips.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The station's name, in each line of the report.
    pub station: String,
    /// The person's.
    pub operator: String,
    /// `partNumber` of the manifest: the order number, or a name of your own.
    pub part_number: String,
    /// Who made the chips.
    pub manufacturer: Party,
    /// Who provisions them: the station's owner.
    pub provisioner: Party,
    /// Who distributes them.
    pub distributor: Party,
    /// `groupId` of the manifest, for instance the lot.
    pub group: Option<String>,
}

/// How the signer comes to know the chip's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Way {
    /// The station asks the chip for its public key, which is in the station's hands.
    #[default]
    Direct,
    /// The chip signs a request (CSR), which is verified.
    Request,
}
